package cypher

import (
	"slices"
	"strconv"
	"strings"
)

// list is a list of nodes that is made before all else, once for all columns.
type list struct {
	text string
	// after is how many lists must be made before it, one after another.
	after int
}

// made is the variable of a list that does not depend on rows. Lists of the same text are one.
func (c *compiler) made(write func() string) string {
	ofColumn := c.numbers
	c.numbers = c.shared
	made := list{text: write()}
	c.numbers = ofColumn
	used := strings.FieldsFunc(made.text, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	for i, known := range c.nears {
		if known.text == made.text {
			return nearName(i)
		}
		if slices.Contains(used, nearName(i)) {
			made.after = max(made.after, known.after+1)
		}
	}
	c.nears = append(c.nears, made)
	return nearName(len(c.nears) - 1)
}

func nearName(i int) string { return "near" + strconv.Itoa(i) }

// knownLists are the variables of all lists so far.
func (c *compiler) knownLists() string {
	names := make([]string, len(c.nears))
	for i := range c.nears {
		names[i] = nearName(i)
	}
	return strings.Join(names, ", ")
}

// lists makes all lists. Those that need not be made one after another are made in one clause: for each
// clause the planner looks at all variables anew.
func (c *compiler) lists() string {
	text := ""
	var known []string
	for after := 0; len(known) < len(c.nears); after++ {
		items := slices.Clone(known)
		for i, l := range c.nears {
			if l.after == after {
				items = append(items, l.text+" AS "+nearName(i))
				known = append(known, nearName(i))
			}
		}
		text += "WITH " + strings.Join(items, ", ") + "\n"
	}
	return text
}
