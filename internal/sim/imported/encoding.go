package imported

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
)

// asUTF8 is text as UTF-8 without a byte order mark: PowerShell's > writes UTF-16,
// and other tools of Windows write a mark in front of UTF-8.
func asUTF8(content []byte) []byte {
	if rest, marked := bytes.CutPrefix(content, []byte("\xef\xbb\xbf")); marked {
		return rest
	}
	for mark, order := range map[string]binary.ByteOrder{"\xff\xfe": binary.LittleEndian, "\xfe\xff": binary.BigEndian} {
		rest, marked := bytes.CutPrefix(content, []byte(mark))
		if !marked {
			continue
		}
		var units []uint16
		for ; len(rest) > 1; rest = rest[2:] {
			units = append(units, order.Uint16(rest))
		}
		return []byte(string(utf16.Decode(units)))
	}
	return content
}
