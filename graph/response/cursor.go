package response

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
)

// A cursor is a position in an order: base64url of a JSON array with a short name of the order and
// the values of its keys. It is not signed: it says nothing that its owner could not ask for.

// EncodeCursor appends the cursor of a row with these key values, in an order of this name.
func EncodeCursor(buffer []byte, order string, keys []any) []byte {
	members := append([]any{order}, keys...)
	// The values are those of query.Kind, which always marshal.
	text, _ := json.Marshal(members)
	return base64.RawURLEncoding.AppendEncode(buffer, text)
}

// DecodeCursor reads the key values of a cursor: nil, string, bool or json.Number each. It refuses
// what is no cursor, and a cursor of another order.
func DecodeCursor(cursor, order string) ([]any, error) {
	text, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil {
		return nil, errors.New("it is no cursor; take it from an edge or pageInfo of the same list")
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var members []any
	if err := decoder.Decode(&members); err != nil || len(members) == 0 || decoder.More() {
		return nil, errors.New("it is no cursor; take it from an edge or pageInfo of the same list")
	}
	if members[0] != order {
		return nil, errors.New("it belongs to a list of another order or type; use the same orderBy as the page that it came from")
	}
	return members[1:], nil
}

// OrderName is the short name that a cursor carries for an order described in words.
func OrderName(description string) string {
	h := fnv.New32a()
	h.Write([]byte(description))
	return fmt.Sprintf("%08x", h.Sum32())
}
