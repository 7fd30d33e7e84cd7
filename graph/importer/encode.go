package importer

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"bordergraph/graph/record"
)

// coder writes rows as bytes, and reads them again. What few rows differ in, it writes as a number.
type coder struct {
	words   []string
	numbers map[string]int // of the words
	forms   []*form
	b       []byte // what is written
	rest    []byte // what is to be read
}

func newCoder() *coder { return &coder{numbers: map[string]int{}} }

// encode is a row as bytes, until the next is encoded; its Outcome and Faults are no part of it.
func (c *coder) encode(row *Row) []byte {
	c.b = c.b[:0]
	c.putWord(row.File)
	c.putInt(row.Line)
	c.putText(row.ID)
	c.putWord(row.Type)
	c.putInt(c.numberOf(row.form))
	c.putBool(row.Names != nil)
	if row.Names != nil {
		c.putNames(*row.Names)
	}
	c.putNames(row.MainNames)
	c.putValues(row.Values)
	c.putWords(row.own)
	c.putInt(len(row.Links))
	for i := range row.Links {
		c.putLink(&row.Links[i])
	}
	return c.b
}

// decode is the row that was encoded so, by the same coder.
func (c *coder) decode(b []byte) *Row {
	c.rest = b
	row := &Row{File: c.word(), Line: c.int(), ID: c.text(), Type: c.word(), form: c.forms[c.int()]}
	if c.bool() {
		names := c.names()
		row.Names = &names
	}
	row.MainNames, row.Values, row.own = c.names(), c.values(), c.wordList()
	if count := c.int(); count > 0 {
		row.Links = make([]Link, count)
	}
	for i := range row.Links {
		row.Links[i] = c.link()
	}
	return row
}

func (c *coder) putLink(l *Link) {
	c.putWord(l.Type)
	c.putText(l.To)
	c.putValues(l.Values)
	c.putWord(l.Field)
	c.putWords(l.own)
	c.putInt(int(l.mode))
}

func (c *coder) link() Link {
	return Link{Type: c.word(), To: c.text(), Values: c.values(), Field: c.word(), own: c.wordList(), mode: mode(c.int())}
}

func (c *coder) numberOf(f *form) int {
	if number := slices.Index(c.forms, f); number >= 0 {
		return number
	}
	c.forms = append(c.forms, f)
	return len(c.forms) - 1
}

func (c *coder) putInt(n int) { c.b = binary.AppendUvarint(c.b, uint64(n)) }

func (c *coder) int() int {
	n, length := binary.Uvarint(c.rest)
	c.rest = c.rest[length:]
	return int(n)
}

func (c *coder) putBool(is bool) {
	if is {
		c.putInt(1)
	} else {
		c.putInt(0)
	}
}

func (c *coder) bool() bool { return c.int() == 1 }

func (c *coder) putText(s string) {
	c.putInt(len(s))
	c.b = append(c.b, s...)
}

func (c *coder) text() string {
	length := c.int()
	s := string(c.rest[:length])
	c.rest = c.rest[length:]
	return s
}

func (c *coder) putWord(s string) {
	number, known := c.numbers[s]
	if !known {
		number = len(c.words)
		c.words, c.numbers[s] = append(c.words, s), number
	}
	c.putInt(number)
}

func (c *coder) word() string { return c.words[c.int()] }

func (c *coder) putWords(words []string) {
	c.putInt(len(words))
	for _, w := range words {
		c.putWord(w)
	}
}

func (c *coder) wordList() []string {
	var words []string
	for range c.int() {
		words = append(words, c.word())
	}
	return words
}

func (c *coder) putNames(names []record.Name) {
	c.putInt(len(names))
	for _, n := range names {
		c.putWord(n.Lang)
		c.putText(n.Text)
		c.putWord(n.Kind)
	}
}

func (c *coder) names() []record.Name {
	var names []record.Name
	for range c.int() {
		names = append(names, record.Name{Lang: c.word(), Text: c.text(), Kind: c.word()})
	}
	return names
}

// Values are nil where a row has none to give.
func (c *coder) putValues(values map[string]any) {
	c.putBool(values != nil)
	c.putInt(len(values))
	for name, value := range values {
		c.putWord(name)
		c.putValue(value)
	}
}

func (c *coder) values() map[string]any {
	given := c.bool()
	count := c.int()
	if !given {
		return nil
	}
	values := make(map[string]any, count)
	for range count {
		name := c.word()
		values[name] = c.value()
	}
	return values
}

// What a value begins with.
const (
	aNothing = iota
	aText
	aNumber
	anInt
	aFloat
	aBool
	aList
	anObject
)

func (c *coder) putValue(value any) {
	switch v := value.(type) {
	case nil:
		c.putInt(aNothing)
	case string:
		c.putInt(aText)
		c.putText(v)
	case json.Number:
		c.putInt(aNumber)
		c.putText(string(v))
	case int64:
		c.putInt(anInt)
		c.b = binary.LittleEndian.AppendUint64(c.b, uint64(v))
	case float64:
		c.putInt(aFloat)
		c.b = binary.LittleEndian.AppendUint64(c.b, math.Float64bits(v))
	case bool:
		c.putInt(aBool)
		c.putBool(v)
	case []any:
		c.putInt(aList)
		c.putInt(len(v))
		for _, member := range v {
			c.putValue(member)
		}
	case map[string]any:
		c.putInt(anObject)
		c.putValues(v)
	default:
		panic(fmt.Sprintf("a row with a value of the type %T", value))
	}
}

func (c *coder) value() any {
	switch c.int() {
	case aText:
		return c.text()
	case aNumber:
		return json.Number(c.text())
	case anInt:
		return int64(c.eight())
	case aFloat:
		return math.Float64frombits(c.eight())
	case aBool:
		return c.bool()
	case aList:
		list := make([]any, c.int())
		for i := range list {
			list[i] = c.value()
		}
		return list
	case anObject:
		return c.values()
	}
	return nil
}

func (c *coder) eight() uint64 {
	n := binary.LittleEndian.Uint64(c.rest)
	c.rest = c.rest[8:]
	return n
}
