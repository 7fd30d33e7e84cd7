// Package stored writes values and changes as bytes that are read under later schemas, too.
package stored

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strings"
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

// ErrDamaged: the bytes are not what was written.
var ErrDamaged = errors.New("a record cannot be read")

// AppendString appends a string.
func AppendString(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// AppendValues appends values as a row of a store holds them; others are refused.
func AppendValues(b []byte, values []any) ([]byte, error) {
	for _, v := range values {
		var err error
		if b, err = AppendValue(b, v); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// AppendValue appends one value.
func AppendValue(b []byte, v any) ([]byte, error) {
	switch v := v.(type) {
	case nil:
		return append(b, tagMissing), nil
	case string:
		return AppendString(append(b, tagString), v), nil
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
		return AppendValues(binary.AppendUvarint(append(b, tagList), uint64(len(v))), v)
	default:
		return nil, fmt.Errorf("a value of the kind %T cannot be stored", v)
	}
}

// Decoder reads what was appended. What is short is shared: most values are of few kinds.
type Decoder struct {
	// Rest is what is still to be read.
	Rest string
	// Err is not nil once something could not be read; what is read after is of no use.
	Err error
	// Part is whether what it answers is to hold on to nothing else of what it reads.
	Part   bool
	shared map[string]any
}

// NewDecoder shares short strings with all that are given the same map.
func NewDecoder(b []byte, shared map[string]any) *Decoder {
	return &Decoder{Rest: string(b), shared: shared}
}

// sharedLength is up to which length equal strings are held once.
const sharedLength = 32

func (d *Decoder) values(into []any) {
	for i := range into {
		into[i] = d.Value()
	}
}

// Value reads one value.
func (d *Decoder) Value() any {
	switch d.tag() {
	case tagString:
		return d.text()
	case tagInt:
		return d.Varint()
	case tagFloat:
		bits := d.take(8)
		if d.Err != nil {
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
	d.Err = ErrDamaged
	return nil
}

// Skip passes over one value.
func (d *Decoder) Skip() {
	switch d.tag() {
	case tagString:
		d.bytes()
	case tagInt:
		d.Varint()
	case tagFloat:
		d.take(8)
	case tagList:
		for range d.Uvarint() {
			if d.Err != nil {
				return
			}
			d.Skip()
		}
	case tagFalse, tagTrue, tagMissing:
	default:
		d.Err = ErrDamaged
	}
}

func (d *Decoder) tag() int {
	if tag := d.take(1); tag != "" {
		return int(tag[0])
	}
	return -1
}

func (d *Decoder) list() any {
	count := d.Uvarint()
	if count > uint64(len(d.Rest)) {
		d.Err = ErrDamaged
		return nil
	}
	list := make([]any, count)
	d.values(list)
	return list
}

func (d *Decoder) text() any {
	s := d.bytes()
	if len(s) > sharedLength {
		return d.held(s)
	}
	if boxed, known := d.shared[s]; known {
		return boxed
	}
	s = d.held(s)
	var boxed any = s
	d.shared[s] = boxed
	return boxed
}

// String reads what AppendString appended.
func (d *Decoder) String() string { return d.held(d.bytes()) }

func (d *Decoder) held(s string) string {
	if d.Part {
		return strings.Clone(s)
	}
	return s
}

func (d *Decoder) bytes() string {
	length := d.Uvarint()
	if length > uint64(len(d.Rest)) {
		d.Err = ErrDamaged
		return ""
	}
	return d.take(int(length))
}

// Uvarint reads a number.
func (d *Decoder) Uvarint() uint64 {
	v, n := binary.Uvarint([]byte(d.Rest[:min(len(d.Rest), binary.MaxVarintLen64)]))
	d.skip(n)
	return v
}

// Varint reads a number that may be negative.
func (d *Decoder) Varint() int64 {
	v, n := binary.Varint([]byte(d.Rest[:min(len(d.Rest), binary.MaxVarintLen64)]))
	d.skip(n)
	return v
}

// skip goes on by the length of a number; less than 1 is none.
func (d *Decoder) skip(n int) {
	if n < 1 {
		d.Err = ErrDamaged
		return
	}
	d.Rest = d.Rest[n:]
}

func (d *Decoder) take(n int) string {
	if n > len(d.Rest) {
		d.Err, d.Rest = ErrDamaged, ""
		return ""
	}
	taken := d.Rest[:n]
	d.Rest = d.Rest[n:]
	return taken
}
