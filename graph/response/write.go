package response

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"bordergraph/graph/citation"
	"bordergraph/graph/query"
)

// Write appends the answer to buffer as a JSON object, or null, and returns what went wrong on the way.
// A value that is missing where the schema promises one makes the nearest object null that may be.
func Write(buffer []byte, shape *Object, row query.Row) ([]byte, gqlerror.List) {
	data, _, errors := WriteCited(buffer, shape, row, nil)
	return data, errors
}

// WriteCited is Write that answers, too, all that is shown and rests on sources, in the order in which
// it stands in the answer. It is given the rows of the Histories.
func WriteCited(buffer []byte, shape *Object, row query.Row, histories map[Shown]query.Row) ([]byte, []citation.Mention, gqlerror.List) {
	w := &writer{buffer: buffer, histories: histories}
	if !w.object(shape, row) {
		w.buffer = append(w.buffer[:len(buffer)], "null"...)
		w.mentions = nil
	}
	return w.buffer, w.mentions, w.errors
}

type writer struct {
	buffer   []byte
	errors   gqlerror.List
	mentions []citation.Mention
	path     []step
	pools    map[*Pool]map[any]query.Row

	histories map[Shown]query.Row
	// collects is whether only what histories are shown is wanted; known are those among them.
	collects bool
	shown    []Shown
	known    map[Shown]bool
}

// step is one element of a path: a response key, or an index where there is none.
type step struct {
	key   string
	index int
}

// object reports whether the object could be written; what it appended is the caller's to discard if not.
func (w *writer) object(o *Object, row query.Row) bool {
	w.buffer = append(w.buffer, '{')
	for i, f := range o.Fields {
		if i > 0 {
			w.buffer = append(w.buffer, ',')
		}
		w.buffer = append(w.buffer, f.quoted...)
		w.path = append(w.path, step{key: f.Key})
		ok := w.nullable(f.Value, row, f.NonNull, o.Name, f.Name)
		w.path = w.path[:len(w.path)-1]
		if !ok {
			return false
		}
	}
	w.buffer = append(w.buffer, '}')
	return true
}

// nullable writes a value, or null in its place. It reports false where null may not stand.
func (w *writer) nullable(v Value, row query.Row, nonNull bool, typeName, field string) bool {
	start, faults, mentions := len(w.buffer), len(w.errors), len(w.mentions)
	if v.write(w, row) {
		return true
	}
	w.mentions = w.mentions[:mentions]
	if !nonNull {
		w.buffer = append(w.buffer[:start], "null"...)
		return true
	}
	if len(w.errors) == faults {
		w.fault("%s.%s has no value here, although the schema promises one.", typeName, field)
	}
	return false
}

func (w *writer) fault(format string, args ...any) {
	w.errors = append(w.errors, &gqlerror.Error{
		Message:    fmt.Sprintf(format, args...),
		Path:       w.position(),
		Extensions: map[string]any{"code": "INCOMPLETE_DATA"},
	})
}

// position is the path as it is told to clients.
func (w *writer) position() ast.Path {
	path := make(ast.Path, len(w.path))
	for i, s := range w.path {
		if s.key != "" {
			path[i] = ast.PathName(s.key)
		} else {
			path[i] = ast.PathIndex(s.index)
		}
	}
	return path
}

func (l *Leaf) write(w *writer, row query.Row) bool { return l.writeValue(w, row[l.Column.Index]) }

func (l *Leaf) writeValue(w *writer, value any) bool {
	if v, ok := value.(string); ok && l.Kind == query.Enum && !slices.Contains(l.Values, v) {
		w.misfit(l.Kind)
		return false
	}
	return w.leaf(value, l.Kind)
}

func (w *writer) leaf(value any, kind query.Kind) bool {
	switch v := value.(type) {
	case nil:
		return false
	case string:
		if kind == query.String || kind == query.Date || kind == query.Enum {
			w.buffer = appendString(w.buffer, v)
			return true
		}
	case int64:
		if kind == query.Int && v >= math.MinInt32 && v <= math.MaxInt32 {
			w.buffer = strconv.AppendInt(w.buffer, v, 10)
			return true
		}
	case float64:
		if kind == query.Float && !math.IsInf(v, 0) && !math.IsNaN(v) {
			w.buffer = appendFloat(w.buffer, v)
			return true
		}
	case bool:
		if kind == query.Boolean {
			w.buffer = strconv.AppendBool(w.buffer, v)
			return true
		}
	}
	w.misfit(kind)
	return false
}

func (w *writer) misfit(kind query.Kind) { w.fault("The stored value is no %s.", kindNames[kind]) }

var kindNames = map[query.Kind]string{
	query.String: "text", query.Date: "date", query.Enum: "value of its enum", query.Int: "whole number of 32 bits", query.Float: "number", query.Boolean: "yes or no",
}

func (l *Leaves) write(w *writer, row query.Row) bool {
	value := row[l.Column.Index]
	values, ok := value.([]any)
	if !ok {
		if value != nil {
			w.fault("The stored value is no list.")
		}
		return false
	}
	return w.list(len(values), func(i int) bool { return l.writeValue(w, values[i]) })
}

// list writes a list whose members may not be null.
func (w *writer) list(n int, member func(i int) bool) bool {
	w.buffer = append(w.buffer, '[')
	for i := range n {
		if i > 0 {
			w.buffer = append(w.buffer, ',')
		}
		w.path = append(w.path, step{index: i})
		faults := len(w.errors)
		ok := member(i)
		if !ok && len(w.errors) == faults {
			w.fault("The list has no value here, although the schema promises one.")
		}
		w.path = w.path[:len(w.path)-1]
		if !ok {
			return false
		}
	}
	w.buffer = append(w.buffer, ']')
	return true
}

func (s *Stored) write(w *writer, row query.Row) bool {
	w.stored(row[s.Column.Index])
	return true
}

func (w *writer) stored(value any) {
	switch v := value.(type) {
	case string:
		w.buffer = appendString(w.buffer, v)
	case int64:
		w.buffer = strconv.AppendInt(w.buffer, v, 10)
	case float64:
		w.buffer = appendFloat(w.buffer, v)
	case bool:
		w.buffer = strconv.AppendBool(w.buffer, v)
	case StoredName:
		w.buffer = appendString(append(w.buffer, `{"text":`...), v.Text)
		w.buffer = appendString(append(w.buffer, `,"language":`...), v.Language)
		w.buffer = append(appendString(append(w.buffer, `,"kind":`...), v.Kind), '}')
	case []any:
		w.buffer = append(w.buffer, '[')
		for i, member := range v {
			if i > 0 {
				w.buffer = append(w.buffer, ',')
			}
			w.stored(member)
		}
		w.buffer = append(w.buffer, ']')
	default:
		w.buffer = append(w.buffer, "null"...)
	}
}

func (m *Marking) write(w *writer, row query.Row) bool {
	v, ok := row[m.Column.Index].(int64)
	if !ok || v < 0 || int(v) >= len(query.Clearances) {
		return false
	}
	w.buffer = appendString(w.buffer, query.Clearances[v])
	return true
}

func (c *Constant) write(w *writer, _ query.Row) bool {
	w.buffer = append(w.buffer, c.JSON...)
	return true
}

func (t *TypeName) write(w *writer, row query.Row) bool {
	return w.leaf(row[t.Column.Index], query.String)
}

func (n *Name) write(w *writer, row query.Row) bool {
	texts, _ := row[n.Texts.Index].([]any)
	languages, _ := row[n.Languages.Index].([]any)
	kinds, _ := row[n.Kinds.Index].([]any)
	for i := range min(len(texts), len(languages), len(kinds)) {
		if languages[i] == n.Language && (kinds[i] == "MAIN" || kinds[i] == "TRANSLITERATION") {
			return w.leaf(texts[i], query.String)
		}
	}
	return w.leaf(row[n.Fallback.Index], query.String)
}

func (n *Names) write(w *writer, row query.Row) bool {
	texts, _ := row[n.Texts.Index].([]any)
	languages, _ := row[n.Languages.Index].([]any)
	kinds, _ := row[n.Kinds.Index].([]any)
	if len(texts) != len(languages) || len(texts) != len(kinds) {
		w.fault("The stored names are damaged.")
		return false
	}
	return w.list(len(texts), func(i int) bool {
		return w.object(n.Object, query.Row{texts[i], languages[i], kinds[i]})
	})
}

func (n *BestName) write(w *writer, row query.Row) bool {
	texts, _ := row[n.Texts.Index].([]any)
	languages, _ := row[n.Languages.Index].([]any)
	kinds, _ := row[n.Kinds.Index].([]any)
	best, bestRank := -1, 3
	for i := range min(len(texts), len(languages), len(kinds)) {
		name, _ := texts[i].(string)
		if rank := n.Pattern.Rank(name); rank < bestRank {
			best, bestRank = i, rank
		}
	}
	return best >= 0 && w.object(n.Object, query.Row{texts[best], languages[best], kinds[best]})
}

func (c *Choice) write(w *writer, row query.Row) bool {
	number, ok := row[c.Column.Index].(int64)
	if !ok || number < 0 || int(number) >= len(c.Values) {
		return false
	}
	w.buffer = appendString(w.buffer, c.Values[number])
	return true
}

func (d *Direction) write(w *writer, row query.Row) bool {
	name, _ := row[d.Name.Index].(string)
	direction := "IN"
	switch {
	case slices.Contains(d.Symmetric, name):
		direction = "BOTH"
	case row[d.Outgoing.Index] == true:
		direction = "OUT"
	}
	w.buffer = appendString(w.buffer, direction)
	return true
}

func (p *Properties) write(w *writer, row query.Row) bool {
	var known []query.Row
	for i, column := range p.Columns {
		if value := row[column.Index]; value != nil {
			known = append(known, query.Row{p.Names[i], shown(value)})
		}
	}
	return w.list(len(known), func(i int) bool { return w.object(p.Object, known[i]) })
}

func (p PropertyPart) write(w *writer, row query.Row) bool {
	return w.leaf(row[p], query.String)
}

// shown is a stored value as text, the members of a list with commas between them.
func shown(value any) string {
	members, several := value.([]any)
	if !several {
		return fmt.Sprint(value)
	}
	texts := make([]string, len(members))
	for i, member := range members {
		texts[i] = shown(member)
	}
	return strings.Join(texts, ", ")
}

func (p NamePart) write(w *writer, row query.Row) bool {
	if p == NameLanguage {
		code, _ := row[p].(string)
		return w.leaf(strings.ToUpper(code), query.String)
	}
	return w.leaf(row[p], query.String)
}

func (f *InForce) write(w *writer, row query.Row) bool {
	state := f.Dates.on(f.Date, row)
	if f.End != nil {
		state = min(state, f.End.on(f.Date, row))
	}
	w.buffer = appendString(w.buffer, inForceNames[state])
	return true
}

// The states of InForce, least first.
const (
	no = iota
	possible
	certain
)

var inForceNames = [...]string{no: "NO", possible: "POSSIBLE", certain: "CERTAIN"}

// on is the state of these dates on a day.
func (d *Dates) on(day string, row query.Row) int {
	from, to := date(d.ValidFrom, row), date(d.ValidTo, row)
	certainFrom, certainTo := date(d.CertainFrom, row), date(d.CertainTo, row)
	switch {
	case from > day || (to != "" && to < day):
		return no
	case certainFrom != "" && certainFrom <= day && (certainTo == "" || day <= certainTo):
		return certain
	}
	return possible
}

func date(c *Column, row query.Row) string {
	if c == nil {
		return ""
	}
	d, _ := row[c.Index].(string)
	return d
}

func (n *Nested) write(w *writer, row query.Row) bool { return w.object(n.Object, row) }

func (o *One) write(w *writer, row query.Row) bool {
	rows, _ := row[o.Column.Index].([]any)
	if len(rows) == 0 {
		return false
	}
	return w.node(o.Node, rows[0].(query.Row))
}

func (w *writer) node(n *Node, row query.Row) bool {
	for _, c := range n.Cited {
		w.mention(c, row)
	}
	if n.Type == nil {
		return w.object(n.Only, row)
	}
	name, _ := row[n.Type.Index].(string)
	object := n.Types[name]
	if object == nil {
		w.fault("The stored object is of no type that can stand here.")
		return false
	}
	return w.object(object, row)
}

// mention keeps what is about to be written and rests on sources.
func (w *writer) mention(c Cited, row query.Row) {
	sources, _ := row[c.Sources.Index].([]any)
	if len(sources) == 0 {
		return
	}
	path := make([]any, len(w.path))
	for i, s := range w.path {
		if s.key != "" {
			path[i] = s.key
		} else {
			path[i] = s.index
		}
	}
	locators, _ := row[c.Locators.Index].([]any)
	w.mentions = append(w.mentions, citation.Mention{Path: path, Sources: sources, Locators: locators})
}

func (m *Many) write(w *writer, row query.Row) bool {
	rows := m.rows(row)
	return w.list(len(rows), func(i int) bool { return w.node(m.Node, m.at(rows, i)) })
}

// rows are the rows of the page, as answered.
func (p *Page) rows(row query.Row) []any {
	rows, _ := row[p.Column.Index].([]any)
	if p.Limit >= 0 && len(rows) > p.Limit {
		return rows[:p.Limit]
	}
	return rows
}

// at is the row in place i of the page, as written.
func (p *Page) at(rows []any, i int) query.Row {
	if p.Reversed {
		i = len(rows) - 1 - i
	}
	return rows[i].(query.Row)
}

func (b *ByIDs) write(w *writer, row query.Row) bool {
	rows, _ := row[b.Column.Index].([]any)
	byID := make(map[any]query.Row, len(rows))
	for _, r := range rows {
		r := r.(query.Row)
		byID[r[b.ID.Index]] = r
	}
	return w.list(len(b.IDs), func(i int) bool {
		start, mentions := len(w.buffer), len(w.mentions)
		r, there := byID[b.IDs[i]]
		switch {
		case there && w.node(b.Node, r):
			return true
		case b.Saved:
			if !there {
				w.fault("%q was saved by this change, and is not there any more.", b.IDs[i])
			}
			return false
		}
		w.buffer = append(w.buffer[:start], "null"...)
		w.mentions = w.mentions[:mentions]
		return true
	})
}

func (m *More) write(w *writer, row query.Row) bool {
	rows, _ := row[m.Column.Index].([]any)
	w.buffer = strconv.AppendBool(w.buffer, len(rows) > m.Limit)
	return true
}

func (c *Cursor) write(w *writer, row query.Row) bool {
	keys := make([]any, len(c.Keys))
	for i, key := range c.Keys {
		keys[i] = row[key.Index]
	}
	w.buffer = append(w.buffer, '"')
	w.buffer = EncodeCursor(w.buffer, c.Order, keys)
	w.buffer = append(w.buffer, '"')
	return true
}

func (e *EndOfPage) write(w *writer, row query.Row) bool {
	rows := e.rows(row)
	if len(rows) == 0 {
		return false
	}
	if e.Last {
		return e.Cursor.write(w, e.at(rows, len(rows)-1))
	}
	return e.Cursor.write(w, e.at(rows, 0))
}

func (Null) write(*writer, query.Row) bool { return false }

func (s *sameRow) write(w *writer, row query.Row) bool { return w.node(s.node, row) }

func (r *Raw) write(w *writer, _ query.Row) bool {
	w.buffer = append(w.buffer, r.JSON...)
	return string(r.JSON) != "null"
}

// appendFloat writes a number as encoding/json does: ECMAScript's shortest form.
func appendFloat(b []byte, f float64) []byte {
	format := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		format = 'e'
	}
	b = strconv.AppendFloat(b, f, format, -1, 64)
	if n := len(b); format == 'e' && n >= 4 && b[n-4] == 'e' && b[n-3] == '-' && b[n-2] == '0' {
		b[n-2], b = b[n-1], b[:n-1]
	}
	return b
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string. Invalid UTF-8 becomes U+FFFD.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= 0x20 && c != '"' && c != '\\' {
				i++
				continue
			}
			b = append(append(b, s[start:i]...), '\\')
			switch c {
			case '"', '\\':
				b = append(b, c)
			case '\n':
				b = append(b, 'n')
			case '\r':
				b = append(b, 'r')
			case '\t':
				b = append(b, 't')
			default:
				b = append(b, 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xF])
			}
			i++
			start = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			b = append(append(b, s[start:i]...), "\ufffd"...)
			start = i + size
		}
		i += size
	}
	return append(append(b, s[start:]...), '"')
}
