package citation

import (
	"fmt"
	"strings"
)

// reference writes a source as "[1] Publisher. Title. 2023-03. URL"; what is not known is left out.
func (s *Source) reference() string {
	text := fmt.Sprintf("[%d]", s.Number)
	for _, part := range []string{known(s.Publisher), s.Title, s.published()} {
		if part != "" {
			text += " " + sentence(part)
		}
	}
	if s.URL != nil {
		text += " " + *s.URL
	}
	return text
}

// published is the day, month or year of publication, as exact as it is known.
func (s *Source) published() string {
	date, length := known(s.PublishedOn), len("2006")
	switch {
	case s.PublishedOnPrecision == nil || *s.PublishedOnPrecision == "DAY":
		return date
	case *s.PublishedOnPrecision == "MONTH":
		length = len("2006-01")
	}
	return date[:min(length, len(date))]
}

// sentence ends a text with a full stop, unless it ends like a sentence.
func sentence(text string) string {
	if strings.ContainsAny(text[len(text)-1:], ".?!") {
		return text
	}
	return text + "."
}

func known(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}
