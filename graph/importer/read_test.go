package importer_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"bordergraph/graph"
	"bordergraph/graph/derive"
	"bordergraph/graph/importer"
)

func fixture(t *testing.T) *derive.API {
	t.Helper()
	schema, err := os.ReadFile("../storetest/testdata/graphs/fixture/schema.graphqls")
	if err != nil {
		t.Fatal(err)
	}
	api, err := graph.Read(string(schema))
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func read(t *testing.T, tables importer.Tables, content []byte) (*importer.Reader, error) {
	t.Helper()
	r := importer.NewReader(fixture(t), tables)
	return r, r.Read("file", bytes.NewReader(content))
}

// row is the one of a number.
func row(t *testing.T, r *importer.Reader, number int) *importer.Row {
	t.Helper()
	var rows []*importer.Row
	if err := r.Rows.Each(func(row *importer.Row) error { rows = append(rows, row); return nil }); err != nil {
		t.Fatal(err)
	}
	return rows[number]
}

const posts = "id,name,strength\npost:a,\"Đồn, A\",0.5\n"

func TestTheContentSaysHowAFileIsWritten(t *testing.T) {
	var compressed bytes.Buffer
	w := gzip.NewWriter(&compressed)
	w.Write([]byte(posts))
	w.Close()
	for name, content := range map[string][]byte{
		"UTF-8":                     []byte(posts),
		"with a byte-order mark":    []byte("\xef\xbb\xbf" + posts),
		"UTF-16 as Excel has it":    encoded(posts, false),
		"UTF-16, the other way":     encoded(posts, true),
		"semicolons":                []byte("id;name;strength\npost:a;Đồn, A;0.5\n"),
		"tabs and Windows' lines":   []byte("id\tname\tstrength\r\npost:a\tĐồn, A\t0.5\r\n"),
		"UTF-16 with tabs":          encoded("id\tname\tstrength\r\npost:a\tĐồn, A\t0.5\r\n", false),
		"gzip":                      compressed.Bytes(),
		"JSON Lines with a mark":    []byte("\xef\xbb\xbf" + `{"id":"post:a","type":"Post","names":[{"lang":"vi","text":"Đồn, A","kind":"MAIN"}],"properties":{"strength":0.5}}`),
		"without a line at its end": []byte(strings.TrimSuffix(posts, "\n")),
	} {
		t.Run(name, func(t *testing.T) {
			r, err := read(t, importer.Tables{}, content)
			if err != nil || r.Rows.Len() != 1 {
				t.Fatalf("%d rows, %v", r.Rows.Len(), err)
			}
			row := row(t, r, 0)
			names := row.MainNames
			if row.Names != nil {
				names = *row.Names
			}
			if row.ID != "post:a" || row.Type != "Post" || len(names) != 1 || names[0].Text != "Đồn, A" || row.Values["strength"] == nil || row.Faults != nil {
				t.Errorf("got %+v", row)
			}
		})
	}
}

func TestATextMayBeginWithAByteOrderMark(t *testing.T) {
	r := importer.NewReader(fixture(t), importer.Tables{})
	if err := r.ReadText("rows", "\ufeff"+`{"id":"post:a","type":"Post"}`); err != nil || row(t, r, 0).ID != "post:a" {
		t.Errorf("%d rows, %v", r.Rows.Len(), err)
	}
}

func encoded(text string, bigEndian bool) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune("\uFEFF" + text)) {
		if bigEndian {
			unit = unit<<8 | unit>>8
		}
		b = append(b, byte(unit), byte(unit>>8))
	}
	return b
}

func TestWhatIsNoTableIsRefused(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"nothing":               {"", "there is nothing in it"},
		"another encoding":      {"id,name,strength\npost:a,\xd0\xf4n,1\n", "line 2 is neither UTF-8 nor UTF-16"},
		"quotes that stay open": {"id,name,strength\npost:a,\"A,1\n", `extraneous or missing " in quoted-field`},
		"an array":              {`[{"id":"post:a"}]`, "write JSON Lines"},
		"a column twice":        {"id,name,tên,strength\n", `column 3, "tên", gives name as another column does`},
		"no workbook":           {"PK\x03\x04 and no more", "this is no workbook"},
		"half a compressed one": {"\x1f\x8b\x08\x00", "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, importer.Tables{Type: "Post"}, []byte(c.content))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestHeadersMayHaveEqualsSigns(t *testing.T) {
	columns, err := importer.ColumnsOf([]string{"a=b=note", "c=="})
	if err != nil {
		t.Fatal(err)
	}
	r, err := read(t, importer.Tables{Type: "Post", Columns: columns}, []byte("id,a=b,c=\npost:a,x,y\n"))
	if err != nil || row(t, r, 0).Values["note"] != "x" || r.Maps[0] != "file: Post: id=id, a=b=note, c==(left out)" {
		t.Errorf("got %q, %v", r.Maps, err)
	}
	if _, err := importer.ColumnsOf([]string{"note"}); err == nil || !strings.Contains(err.Error(), `"note" is no column; write HEADER=FIELD`) {
		t.Errorf("got %v", err)
	}
}

func TestARowForgesNoLinesOfTheReport(t *testing.T) {
	for _, c := range []struct {
		row  importer.Row
		want string
	}{
		{importer.Row{ID: "đồn a", Outcome: importer.Created}, "f:1: created: đồn a\n"},
		{importer.Row{ID: "a\nf:9: created: b", Outcome: importer.Created}, `f:1: created: "a\nf:9: created: b"` + "\n"},
		{importer.Row{ID: "a\x1b[31m", Outcome: importer.Refused, Faults: []importer.Fault{{Message: "It is red."}}}, `f:1: refused: "a\x1b[31m": It is red.` + "\n"},
		{importer.Row{ID: "a", Links: []importer.Link{{Type: "LEADS\rTO", To: "b"}}}, `f:1: unchanged: "a LEADS\rTO b"` + "\n"},
		{importer.Row{ID: "a", Outcome: importer.Refused, Faults: []importer.Fault{{Message: "properties.x\nf:9: there is none"}}}, `f:1: refused: a: "properties.x\nf:9: there is none"` + "\n"},
	} {
		c.row.File, c.row.Line = "f", 1
		if got := c.row.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

func TestTheReportOfColumnsIsOneLine(t *testing.T) {
	r, err := read(t, importer.Tables{Type: "Post"}, []byte("id,\"na\nme\"\npost:a,x\n"))
	if want := `file: Post: id=id, "na\nme"=name`; err != nil || r.Maps[0] != want {
		t.Errorf("got %q, %v, want %s", r.Maps, err, want)
	}
}

// The workbooks are written by openpyxl and XlsxWriter.
func workbook(t *testing.T, name string, tables importer.Tables) (*importer.Reader, error) {
	t.Helper()
	content, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	tables.Type = "Post"
	return read(t, tables, content)
}

func TestAWorkbookIsRead(t *testing.T) {
	r, err := workbook(t, "posts.xlsx", importer.Tables{})
	if err != nil {
		t.Fatal(err)
	}
	got := row(t, r, 0)
	for name, want := range map[string]any{
		"number": int64(12), "strength": 0.1, "open": true, "visitedOn": "2024-05-31",
		"validFrom": "2020-01-01", "validFromPrecision": "YEAR", "validTo": "2025-12-31", "validToPrecision": "MONTH",
	} {
		if got.Values[name] != want {
			t.Errorf("%s is %v, want %v", name, got.Values[name], want)
		}
	}
	if got.ID != "post:a" || got.MainNames[0].Text != "Đồn A" || got.Line != 2 || got.Faults != nil {
		t.Errorf("got %+v", got)
	}
}

func TestAFormulaIsNotComputed(t *testing.T) {
	r, err := workbook(t, "posts.xlsx", importer.Tables{})
	if err != nil {
		t.Fatal(err)
	}
	wanted(t, row(t, r, 1), "file:4:2: Tên holds a formula, which is not computed here; put its value in its place.")
	r, err = workbook(t, "posts1904.xlsx", importer.Tables{})
	if err != nil {
		t.Fatal(err)
	}
	wanted(t, row(t, r, 1), "file:3:2: number holds a formula, which is not computed here; put its value in its place.",
		"file:3:3: strength holds a formula, which is not computed here; put its value in its place.")
}

func TestWhatDoesNotFitInAWorkbookIsToldWithRowAndColumn(t *testing.T) {
	r, err := workbook(t, "posts.xlsx", importer.Tables{})
	if err != nil {
		t.Fatal(err)
	}
	wanted(t, row(t, r, 2), `file:5:3: number: "x" is no number as 1234 or, with a fraction, 12.5.`,
		"file:5:6: visitedOn holds a time of day, or a day before March 1900; give a date alone.")
	// A number is a date only where the workbook shows it as one.
	if !slices.ContainsFunc(row(t, r, 1).Faults, func(f importer.Fault) bool { return strings.HasPrefix(f.Message, `visitedOn: "45000" is no date`) }) {
		t.Errorf("got %+v", row(t, r, 1).Faults)
	}
	if got := row(t, r, 2).MainNames[0].Text; got != "Đồn C" {
		t.Errorf("got %q", got)
	}
}

func wanted(t *testing.T, row *importer.Row, want ...string) {
	t.Helper()
	var got []string
	for _, f := range row.Faults {
		got = append(got, row.Place(f)+": "+f.Message)
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("got %q, want %q", got, w)
		}
	}
}

func TestDatesMayBeginIn1904(t *testing.T) {
	r, err := workbook(t, "posts1904.xlsx", importer.Tables{})
	if err != nil {
		t.Fatal(err)
	}
	if got := row(t, r, 0).Values; got["visitedOn"] != "2024-02-29" || got["strength"] != 2.5 {
		t.Errorf("got %v", got)
	}
}

func TestAMonthOrYearInAWorkbookIsNoDay(t *testing.T) {
	for _, name := range []string{"months.xlsx", "monthsISO.xlsx"} { // dates as numbers, and as text
		t.Run(name, func(t *testing.T) {
			r, err := workbook(t, name, importer.Tables{})
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range []map[string]any{
				{"validFrom": "2020-02-01", "validFromPrecision": "MONTH", "validTo": "2020-02-29", "validToPrecision": "MONTH"},
				{"validFrom": "2020-02-01", "validFromPrecision": "MONTH", "validTo": "2021-12-31", "validToPrecision": "YEAR"},
				{"validFrom": "2020-02-01", "validFromPrecision": "DAY", "validTo": "2020-02-01", "validToPrecision": "DAY"},
			} {
				if got := row(t, r, i); !maps.Equal(got.Values, want) || got.Faults != nil {
					t.Errorf("%s has %v, want %v; %v", got.ID, got.Values, want, got.Faults)
				}
			}
			wanted(t, row(t, r, 3), "file:5:2: validFrom is shown with a day in some languages and without one in others; choose the format yyyy-mm-dd, yyyy-mm or yyyy.",
				`file:5:4: visitedOn: "2020-02" is no date; write yyyy-mm-dd or dd/mm/yyyy.`)
		})
	}
}

func TestAPrecisionFinerThanItsDateIsRefused(t *testing.T) {
	for _, c := range []struct{ cells, want string }{
		{"05/2020,DAY", `file:2:3: validFromPrecision: DAY is more exact than "05/2020"; write MONTH, or a date that is as exact.`},
		{"2020,DAY", `file:2:3: validFromPrecision: DAY is more exact than "2020"; write YEAR, or a date that is as exact.`},
		{"2020,MONTH", `file:2:3: validFromPrecision: MONTH is more exact than "2020"; write YEAR, or a date that is as exact.`},
		{"2020,YEAR", ""}, {"2020,UNKNOWN", ""}, {"2020-05,YEAR", ""}, {"2020-05-01,DAY", ""}, {"2020-05,", ""},
	} {
		r, err := read(t, importer.Tables{Type: "Post"}, []byte("id,validFrom,validFromPrecision\npost:a,"+c.cells+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		if got := row(t, r, 0); c.want != "" {
			wanted(t, got, c.want)
		} else if got.Faults != nil {
			t.Errorf("%s: %v", c.cells, got.Faults)
		}
	}
}

func TestManyRelationshipsWithManySourcesDoNotFitInARow(t *testing.T) {
	for _, c := range []struct {
		relationships, sources int
		want                   string
	}{
		{25, 10, ""},
		{1001, 0, ""},
		{23, 11, "file:2:2: town: 23 relationships with 11 sources each are too many for one row; give the relationships in a table of their own."},
	} {
		r, err := read(t, importer.Tables{Type: "Post"}, fmt.Appendf(nil, "id,town,sources\npost:a,%s,%s\n", strings.Repeat("town:a;", c.relationships), strings.Repeat("src:a;", c.sources)))
		if err != nil {
			t.Fatal(err)
		}
		if got := row(t, r, 0); c.want != "" {
			wanted(t, got, c.want)
		} else if got.Faults != nil {
			t.Errorf("%+v: %v", c, got.Faults)
		}
	}
}

func TestAPrecisionMayStandBeforeItsDate(t *testing.T) {
	r, err := read(t, importer.Tables{Type: "Post"}, []byte("id,validFromPrecision,validFrom\npost:a,YEAR,2020\npost:b,DAY,2020\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := row(t, r, 0); got.Values["validFromPrecision"] != "YEAR" || got.Faults != nil {
		t.Errorf("got %v, %v", got.Values, got.Faults)
	}
	wanted(t, row(t, r, 1), `file:3:2: validFromPrecision: DAY is more exact than "2020"; write YEAR, or a date that is as exact.`)
}

func TestMergedCellsBelowTheHeaderAreRefused(t *testing.T) {
	_, err := workbook(t, "merged.xlsx", importer.Tables{})
	want := `file: the sheet "Đồn", row 3, column 3: the cells C3:C4 are merged, so that only the first has their value; split them and give each its own`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	r, err := workbook(t, "mergedheader.xlsx", importer.Tables{})
	if err != nil || r.Rows.Len() != 3 {
		t.Errorf("merged cells in the header: %d rows, %v", r.Rows.Len(), err)
	}
}

func TestOfSeveralSheetsOneIsMeant(t *testing.T) {
	if _, err := workbook(t, "two.xlsx", importer.Tables{}); err == nil || !strings.Contains(err.Error(), `several sheets hold something; say which of "một", "hai" is meant`) {
		t.Errorf("got %v", err)
	}
	r, err := workbook(t, "two.xlsx", importer.Tables{Sheet: "hai"})
	if err != nil || row(t, r, 0).ID != "post:hai" {
		t.Errorf("got %v", err)
	}
	if _, err := workbook(t, "two.xlsx", importer.Tables{Sheet: "ba"}); err == nil || !strings.Contains(err.Error(), `there is no sheet "ba"`) {
		t.Errorf("got %v", err)
	}
}

func TestADamagedWorkbookIsRefused(t *testing.T) {
	content, err := os.ReadFile("testdata/posts.xlsx")
	if err != nil {
		t.Fatal(err)
	}
	for length := 4; length < len(content); length += 97 {
		if r, err := read(t, importer.Tables{Type: "Post"}, content[:length]); err == nil {
			t.Errorf("cut off after %d bytes, it has %d rows", length, r.Rows.Len())
		}
	}
}

func TestARowIsReadAgainAsItWas(t *testing.T) {
	r, err := read(t, importer.Tables{}, []byte(`{"id":"post:a","type":"Post","names":[],"properties":{"number":7,"open":true,"built":null,"odd":[1.50,"x",{"y":false}]},"sources":["src:a"]}`))
	if err != nil {
		t.Fatal(err)
	}
	got := row(t, r, 0)
	want := map[string]any{"number": json.Number("7"), "open": true, "built": nil, "odd": []any{json.Number("1.50"), "x", map[string]any{"y": false}}, "sources": []any{"src:a"}}
	if !reflect.DeepEqual(got.Values, want) || got.Names == nil || len(*got.Names) != 0 {
		t.Errorf("got %+v", got)
	}
}

// manyRows are more than are held in memory.
func manyRows() []byte {
	var b bytes.Buffer
	for i := range 3000 {
		fmt.Fprintf(&b, `{"id":"post:%d","type":"Post","note":"%s"}`+"\n", i, strings.Repeat("x", 3000))
	}
	return b.Bytes()
}

func TestManyRowsAreInATemporaryFileThatGoesWithThem(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	r, err := read(t, importer.Tables{}, manyRows())
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	err = r.Rows.Each(func(row *importer.Row) error {
		if row.ID != fmt.Sprintf("post:%d", number) || len(row.Values["note"].(string)) != 3000 {
			t.Errorf("the row %d is %s", number, row.ID)
		}
		number++
		return nil
	})
	if err != nil || number != 3000 {
		t.Errorf("there are %d rows, %v", number, err)
	}
	if err := r.Rows.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("there is left %v, %v", left, err)
	}
}

func TestWhereNoTemporaryFileCanBeManyRowsAreRefused(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	if _, err := read(t, importer.Tables{}, manyRows()); err == nil || !strings.Contains(err.Error(), "held in a temporary file: ") {
		t.Errorf("got %v", err)
	}
}
