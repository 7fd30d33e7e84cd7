package dataset

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// maxLine is how long a line may be.
const maxLine = 16 << 20

var errNoFirstLine = fmt.Errorf("this is no export: its first line does not begin with %s", firstLine)

// Decompress is what a file holds: decompressed if that begins as gzip does.
func Decompress(r io.Reader) (io.Reader, error) {
	buffered := bufio.NewReader(r)
	if begin, _ := buffered.Peek(2); !bytes.Equal(begin, []byte{0x1f, 0x8b}) {
		return buffered, nil
	}
	return gzip.NewReader(buffered)
}

// EachLine calls yield with each line, and its number, with the end of the line if it has one.
func EachLine(r io.Reader, yield func(number int, line []byte)) error {
	scanner := bufio.NewScanner(r)
	scanner.Buffer(nil, maxLine)
	scanner.Split(wholeLines)
	number := 0
	for scanner.Scan() {
		number++
		yield(number, scanner.Bytes())
	}
	if err := scanner.Err(); errors.Is(err, bufio.ErrTooLong) {
		return fmt.Errorf("line %d is longer than %d MiB", number+1, maxLine>>20)
	} else if err != nil {
		return fmt.Errorf("after line %d: %w", number, err)
	}
	return nil
}

func wholeLines(data []byte, atEnd bool) (int, []byte, error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i+1], nil
	}
	if atEnd && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}
