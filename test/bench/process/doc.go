// Package process runs whole programs and says what each run took.
package process
