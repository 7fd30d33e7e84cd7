package cypher

import (
	"fmt"
	"strconv"
	"strings"

	"bordergraph/graph/query"
)

// key is one column of an order.
type key struct {
	// text is a property, or a variable that stands for what a subquery answers.
	text string
	// subquery is empty for a property.
	subquery string
	// always says that no member is without a value.
	always bool
	// constant says that all members have the same value.
	constant   bool
	descending bool
	// missingLast is where the missing values of a descending key are, which are first otherwise.
	missingLast bool
}

func (c *compiler) keys(order []query.Key, f frame) []key {
	keys := make([]key, len(order))
	for i, k := range order {
		keys[i] = c.key(k.By, f, fmt.Sprintf("k%d_%d", f.depth, i))
		keys[i].descending = k.Descending
		keys[i].missingLast = k.MissingLast && !keys[i].always
	}
	return keys
}

func (c *compiler) key(by query.Column, f frame, variable string) key {
	if v, ok := by.(*query.Value); ok {
		return key{text: f.property(v.Of, v.Property), always: f.always(v.Of, v.Property), constant: f.constant(v.Of, v.Property)}
	}
	_, counted := by.(*query.Count)
	return key{text: variable, subquery: c.column(by, f), always: counted}
}

// with carries the members on, together with the keys that subqueries answer.
func with(f frame, keys []key) string {
	items := f.names()
	for _, k := range keys {
		if k.subquery != "" {
			items = append(items, k.subquery+" AS "+k.text)
		}
	}
	return "WITH " + strings.Join(items, ", ")
}

// carried are the variables that with declares.
func carried(f frame, keys []key) string {
	return strings.Join(append(f.names(), keyNames(keys)...), ", ")
}

// keyNames are the variables of those keys that have one.
func keyNames(keys []key) []string {
	var names []string
	for _, k := range keys {
		if k.subquery != "" {
			names = append(names, k.text)
		}
	}
	return names
}

func anySubquery(keys []key) bool {
	for _, k := range keys {
		if k.subquery != "" {
			return true
		}
	}
	return false
}

func orderBy(keys []key, reverse bool) string {
	var texts []string
	for _, k := range keys {
		if k.constant {
			continue
		}
		if k.missingLast {
			texts = append(texts, directed(k.text+" IS NULL", reverse))
		}
		texts = append(texts, directed(k.text, k.descending != reverse))
	}
	return "ORDER BY " + strings.Join(texts, ", ")
}

func directed(text string, descending bool) string {
	if descending {
		return text + " DESC"
	}
	return text
}

// stretch is a condition on what lies on one side of a position, or on a part of that.
type stretch func(position *query.Keyset, keys []key) string

// beyond keeps what lies on one side of a position: for the keys a, b it is
// a >= $a AND (a <> $a OR b > $b), of which an index on a can serve the first part. With a > $a in
// place of a <> $a the planner would rather unite what two indexes find, and sort it.
func (c *compiler) beyond(position *query.Keyset, keys []key) string {
	return c.beyondFrom(0, position, keys)
}

func (c *compiler) beyondFrom(i int, position *query.Keyset, keys []key) string {
	if i == len(keys) {
		return strconv.FormatBool(position.Inclusive)
	}
	value := ""
	if !position.Missing[i] {
		value = c.param(position.Values[i])
	}
	s := keys[i].sides(value, position.Before)
	further := c.beyondFrom(i+1, position, keys)
	switch {
	case further == "false":
		return s.strict
	case further == "true":
		return s.weak
	case s.weak == "true":
		return either([]string{s.apart, further})
	}
	return "(" + s.weak + " AND " + either([]string{s.apart, further}) + ")"
}

// sides are conditions on a key and a value: that the key lies beyond it, that it does so or equals
// it, and that it differs from it, which is asked only of those that do one or the other.
type sides struct{ strict, weak, apart string }

// sides takes an empty value for a missing one.
func (k key) sides(value string, before bool) sides {
	ascending := k.descending == before
	missingBeyond := ascending
	if k.missingLast {
		missingBeyond = !before
	}
	present, missing := k.text+" IS NOT NULL", k.text+" IS NULL"
	strict, weak, apart := k.text+" > "+value, k.text+" >= "+value, k.text+" <> "+value
	if !ascending {
		strict, weak = k.text+" < "+value, k.text+" <= "+value
	}
	switch {
	case value == "" && missingBeyond:
		return sides{"false", missing, "false"}
	case value == "":
		return sides{present, "true", present}
	case !missingBeyond || k.always:
		return sides{strict, weak, apart}
	}
	return sides{either([]string{strict, missing}), either([]string{weak, missing}), either([]string{apart, missing})}
}
