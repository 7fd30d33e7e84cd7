package importer

import (
	"encoding/xml"
	"fmt"
	"strconv"
	"strings"
)

// span is a range of cells, by their rows, from 1, and columns, from 0.
type span struct{ top, left, bottom, right int }

// spanOf reads a range such as B2:C5, or B2 of one cell.
func spanOf(ref string) (span, error) {
	from, to, several := strings.Cut(ref, ":")
	if !several {
		to = from
	}
	top, noTop := lineOf(from)
	bottom, noBottom := lineOf(to)
	s := span{top, columnOf(from), bottom, columnOf(to)}
	if noTop != nil || noBottom != nil || s.left < 0 || s.right < s.left || s.bottom < s.top {
		return span{}, fmt.Errorf("%q is no range as B2:B5", ref)
	}
	return s, nil
}

// lineOf is the row of a place such as AB12.
func lineOf(place string) (int, error) {
	return strconv.Atoi(strings.TrimLeft(place, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
}

// columnOf is the position of the column of a place such as AB12.
func columnOf(place string) int {
	column := 0
	for _, c := range place {
		if c < 'A' || c > 'Z' || column > maxColumns {
			break
		}
		column = column*26 + int(c-'A') + 1
	}
	return column - 1
}

// checkMerged refuses merged cells that reach below the header.
func checkMerged(merged *xml.StartElement, header int) error {
	cells := ""
	for _, a := range merged.Attr {
		if a.Name.Local == "ref" {
			cells = a.Value
		}
	}
	s, err := spanOf(cells)
	if err != nil {
		return fmt.Errorf("merged cells: %w", err)
	}
	if s.bottom <= header {
		return nil
	}
	return fmt.Errorf("row %d, column %d: the cells %s are merged, so that only the first has their value; split them and give each its own", s.top, s.left+1, cells)
}

// xmlFormula is what computes a cell, or several.
type xmlFormula struct {
	Type string `xml:"t,attr"`
	// Ref are the cells that one of the type array or dataTable computes: of these, only the first has the formula,
	// the others have bare values. Of other types each cell has its own.
	Ref string `xml:"ref,attr"`
}

// computed is, by column, the last row of the cells that formulas so far compute. That is enough because cells come
// row by row, from left to right, and the cells of a formula begin with its own.
type computed []int

func (c computed) has(line, column int) bool { return column < len(c) && line <= c[column] }

// add adds the cells of a formula in a cell.
func (c *computed) add(formula *xmlFormula, line, column int) error {
	if formula.Type != "array" && formula.Type != "dataTable" || formula.Ref == "" {
		return nil
	}
	s, err := spanOf(formula.Ref)
	if err == nil && (s.top != line || s.left != column) {
		err = fmt.Errorf("%q begins elsewhere", formula.Ref)
	}
	if err != nil {
		return fmt.Errorf("column %d: the cells that the formula computes: %w", column+1, err)
	}
	end := min(s.right+1, maxColumns)
	for len(*c) < end {
		*c = append(*c, 0)
	}
	for i := column; i < end; i++ {
		(*c)[i] = max((*c)[i], s.bottom)
	}
	return nil
}
