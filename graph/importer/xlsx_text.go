package importer

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf16"
)

// richText is a text in one piece, or in several of different looks.
type richText struct {
	Text string `xml:"t"`
	Runs []struct {
		Text string `xml:"t"`
	} `xml:"r"`
}

func (t richText) String() string {
	text := unescaped(t.Text)
	for _, run := range t.Runs {
		text += unescaped(run.Text)
	}
	return trimmed(text)
}

// trimmed is a text without blanks around it, the lines of which end as everywhere else.
func trimmed(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}

var escapes = regexp.MustCompile(`(?:_x[0-9A-Fa-f]{4}_)+`)

// escapeLength is that of one escape, such as _x000D_.
const escapeLength = 7

// unescaped is what a text of the type ST_Xstring (ECMA-376) stands for: _x, four hexadecimal digits and _ are a unit of UTF-16.
func unescaped(text string) string {
	return escapes.ReplaceAllStringFunc(text, func(run string) string {
		var units []uint16
		for ; run != ""; run = run[escapeLength:] {
			unit, err := strconv.ParseUint(run[len("_x"):escapeLength-len("_")], 16, 16)
			if err != nil {
				panic(err) // it matched
			}
			units = append(units, uint16(unit))
		}
		return string(utf16.Decode(units))
	})
}
