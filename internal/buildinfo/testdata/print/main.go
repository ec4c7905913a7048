// Command print shows its own build info; the suite builds it with and without
// the linker's variables.
package main

import (
	"fmt"

	"github.com/opsman-ca/opsman-ca/internal/buildinfo"
)

func main() {
	fmt.Println(buildinfo.String("print"), buildinfo.Read().Date)
}
