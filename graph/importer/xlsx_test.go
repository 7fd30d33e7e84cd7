package importer_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"

	"bordergraph/graph/importer"
)

// workbookOf is a workbook with one sheet, of rows from the second on, under the header id, name, number, strength, note.
func workbookOf(t *testing.T, rows, texts string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, content := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="one" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r1" Target="sheet.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       "<sst>" + texts + "</sst>",
		"xl/sheet.xml": `<worksheet><sheetData><row r="1">` +
			`<c t="str"><v>id</v></c><c t="str"><v>name</v></c><c t="str"><v>number</v></c><c t="str"><v>strength</v></c><c t="str"><v>note</v></c>` +
			`</row>` + rows + `</sheetData></worksheet>`,
	} {
		part, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readWorkbook(t *testing.T, rows, texts string) (*importer.Reader, error) {
	t.Helper()
	return read(t, importer.Tables{Type: "Post"}, workbookOf(t, rows, texts))
}

func TestWhatAFormulaComputesInOtherCellsIsRefused(t *testing.T) {
	// A formula in B2 that computes C2, B3 and C3 as well, in the second and third of three rows.
	const rows = `<row r="2"><c r="A2" t="str"><v>post:a</v></c><c r="B2" t="str"><f t="%[1]s" ref="%[2]s">FILTER(H1:I9)</f><v>A</v></c><c r="C2"><v>1</v></c><c r="D2"><v>2</v></c></row>` +
		`<row r="3"><c r="A3" t="str"><v>post:b</v></c><c r="B3" t="str"><v>B</v></c><c r="C3"><v>3</v></c><c r="D3"><v>4</v></c></row>` +
		`<row r="4"><c r="A4" t="str"><v>post:c</v></c><c r="B4" t="str"><v>C</v></c><c r="C4"><v>5</v></c><c r="D4"><v>6</v></c></row>`
	for _, c := range []struct{ kind, cells, faults string }{
		{"array", "B2:C3", "2:2 2:3 3:2 3:3"},
		{"dataTable", "B2:C3", "2:2 2:3 3:2 3:3"},
		{"array", "B2", "2:2"},
		{"array", "", "2:2"},
		{"array", "B2:B3", "2:2 3:2"},
		{"array", "B2:XFD1048576", "2:2 2:3 2:4 3:2 3:3 3:4 4:2 4:3 4:4"},
		{"shared", "B2:C3", "2:2"}, // each of its cells says that it holds one
	} {
		t.Run(c.kind+" "+c.cells, func(t *testing.T) {
			r, err := readWorkbook(t, fmt.Sprintf(rows, c.kind, c.cells), "")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range r.Rows.Len() {
				row := row(t, r, i)
				for _, f := range row.Faults {
					got = append(got, fmt.Sprintf("%d:%d", row.Line, f.Column))
					if !strings.HasSuffix(f.Message, " holds a formula, which is not computed here; put its value in its place.") {
						t.Errorf("got %s", f.Message)
					}
				}
			}
			if strings.Join(got, " ") != c.faults {
				t.Errorf("got %s, want %s", got, c.faults)
			}
		})
	}
}

func TestFormulasMayComputeCellsBesideOneAnother(t *testing.T) {
	r, err := readWorkbook(t, `<row r="2"><c r="A2" t="str"><v>post:a</v></c><c r="B2"><f t="array" ref="B2:B4"/></c><c r="C2"><f t="array" ref="C2:D2"/></c><c r="D2"><v>1</v></c></row>`+
		`<row r="4"><c r="A4" t="str"><v>post:b</v></c><c r="B4" t="str"><v>B</v></c><c r="C4"><v>2</v></c></row>`+
		`<row r="5"><c r="A5" t="str"><v>post:c</v></c><c r="B5" t="str"><v>C</v></c></row>`, "")
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{3, 1, 0} {
		if got := row(t, r, i); len(got.Faults) != want {
			t.Errorf("%s has %v, want %d", got.ID, got.Faults, want)
		}
	}
}

func TestAFormulaThatComputesNoCellsOfItsOwnIsRefused(t *testing.T) {
	for cells, want := range map[string]string{
		"x":                         `"x" is no range as B2:B5`,
		"2:3":                       `"2:3" is no range`,
		"B3:B2":                     `"B3:B2" is no range`,
		"C2:B3":                     `"C2:B3" is no range`,
		"B2:B99999999999999999999":  `is no range`,
		"A1:C3":                     `"A1:C3" begins elsewhere`,
		"ZZZZZZZZZZZZZ2:ZZZZZZZZZ3": `begins elsewhere`,
	} {
		_, err := readWorkbook(t, `<row r="2"><c r="A2" t="str"><v>post:a</v></c><c r="B2"><f t="array" ref="`+cells+`"/></c></row>`, "")
		if err == nil || !strings.Contains(err.Error(), `the sheet "one", row 2: column 2: the cells that the formula computes: `) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", cells, err, want)
		}
	}
}

func TestTheEscapesOfAWorkbookAreRead(t *testing.T) {
	for _, c := range []struct{ written, want string }{
		{"one_x000D_\ntwo", "one\ntwo"},
		{"one_x000D__x000A_two_x000d__x000a_", "one\ntwo"},
		{"_x0110_ồn", "Đồn"},
		{"_x005F_x000D_", "_x000D_"},
		{"_x005F__x005f_", "__"},
		{"_xD83D__xDE00_", "\U0001F600"},
		{"_x12_ _x12345_ _X0041_ x0041_ _x004G_", "_x12_ _x12345_ _X0041_ x0041_ _x004G_"},
	} {
		for kind, x := range map[string]struct{ cell, texts string }{
			"shared":    {`t="s"><v>0</v>`, "<si><t>" + c.written + "</t></si>"},
			"in pieces": {`t="s"><v>0</v>`, "<si><r><t>" + c.written + "</t></r><r><t></t></r></si>"},
			"inline":    {`t="inlineStr"><is><t>` + c.written + `</t></is>`, ""},
			"str":       {`t="str"><v>` + c.written + `</v>`, ""},
		} {
			r, err := readWorkbook(t, `<row r="2"><c r="A2" t="str"><v>post:a</v></c><c r="E2" `+x.cell+`</c></row>`, x.texts)
			if err != nil {
				t.Fatal(err)
			}
			if got := row(t, r, 0); got.Values["note"] != c.want || got.Faults != nil {
				t.Errorf("%s, %s: got %q, %v, want %q", kind, c.written, got.Values["note"], got.Faults, c.want)
			}
		}
	}
}

func TestAnEscapeDoesNotReachFromOnePieceOfATextToTheNext(t *testing.T) {
	r, err := readWorkbook(t, `<row r="2"><c r="A2" t="str"><v>post:a</v></c><c r="E2" t="s"><v>0</v></c></row>`, "<si><r><t>_x00</t></r><r><t>41_ one_x000D_</t></r><r><t>\ntwo</t></r></si>")
	if err != nil {
		t.Fatal(err)
	}
	if got := row(t, r, 0).Values["note"]; got != "_x0041_ one\ntwo" {
		t.Errorf("got %q", got)
	}
}

func TestHalfACharacterInAWorkbookIsRefused(t *testing.T) {
	r, err := readWorkbook(t, `<row r="2"><c r="A2" t="str"><v>post:a</v></c><c r="E2" t="str"><v>a_xD83D_</v></c></row>`, "")
	if err != nil {
		t.Fatal(err)
	}
	wanted(t, row(t, r, 0), "file:2:5: note has a character that could not be read; save the file as UTF-8.")
}
