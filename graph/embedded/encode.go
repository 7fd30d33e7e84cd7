package embedded

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// What a stored value begins with.
const (
	tagMissing = iota
	tagString
	tagInt
	tagFloat
	tagFalse
	tagTrue
	tagList
)

var errDamaged = errors.New("a record cannot be read")

func appendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

func appendValues(b []byte, values []any) ([]byte, error) {
	for _, v := range values {
		var err error
		if b, err = appendValue(b, v); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func appendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, tagMissing), nil
	case string:
		return appendString(append(b, tagString), v), nil
	case int64:
		return binary.AppendVarint(append(b, tagInt), v), nil
	case float64:
		return binary.BigEndian.AppendUint64(append(b, tagFloat), math.Float64bits(v)), nil
	case bool:
		if v {
			return append(b, tagTrue), nil
		}
		return append(b, tagFalse), nil
	case []any:
		return appendValues(binary.AppendUvarint(append(b, tagList), uint64(len(v))), v)
	default:
		return nil, fmt.Errorf("a value of the kind %T cannot be stored", v)
	}
}

// decoder reads what was appended. What is short is shared: most values are of few kinds.
type decoder struct {
	rest   string
	shared map[string]any
	err    error
}

// sharedLength is up to which length equal strings are held once.
const sharedLength = 32

func (d *decoder) values(into []any) {
	for i := range into {
		into[i] = d.value()
	}
}

func (d *decoder) value() any {
	switch d.tag() {
	case tagString:
		return d.text()
	case tagInt:
		v, n := binary.Varint([]byte(d.rest[:min(len(d.rest), binary.MaxVarintLen64)]))
		d.skip(n)
		return v
	case tagFloat:
		bits := d.take(8)
		if d.err != nil {
			return nil
		}
		return math.Float64frombits(binary.BigEndian.Uint64([]byte(bits)))
	case tagFalse:
		return false
	case tagTrue:
		return true
	case tagList:
		return d.list()
	case tagMissing:
		return nil
	}
	d.err = errDamaged
	return nil
}

func (d *decoder) tag() int {
	if tag := d.take(1); tag != "" {
		return int(tag[0])
	}
	return -1
}

func (d *decoder) list() any {
	count := d.uvarint()
	if count > uint64(len(d.rest)) {
		d.err = errDamaged
		return nil
	}
	list := make([]any, count)
	d.values(list)
	return list
}

func (d *decoder) text() any {
	s := d.string()
	if len(s) > sharedLength {
		return s
	}
	if boxed, known := d.shared[s]; known {
		return boxed
	}
	var boxed any = s
	d.shared[s] = boxed
	return boxed
}

func (d *decoder) string() string {
	length := d.uvarint()
	if length > uint64(len(d.rest)) {
		d.err = errDamaged
		return ""
	}
	return d.take(int(length))
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint([]byte(d.rest[:min(len(d.rest), binary.MaxVarintLen64)]))
	d.skip(n)
	return v
}

// skip goes on by the length of a number; less than 1 is none.
func (d *decoder) skip(n int) {
	if n < 1 {
		d.err = errDamaged
		return
	}
	d.rest = d.rest[n:]
}

func (d *decoder) take(n int) string {
	if n > len(d.rest) {
		d.err, d.rest = errDamaged, ""
		return ""
	}
	taken := d.rest[:n]
	d.rest = d.rest[n:]
	return taken
}
