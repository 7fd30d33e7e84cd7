package importer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"bordergraph/graph/derive"
	"bordergraph/graph/embedded/embeddedtest"
	"bordergraph/graph/importer"
	"bordergraph/graph/query"
)

const (
	paper  = `{"id":"src:a","title":"A","publisher":"A","language":"vi","kind":"PRESS"}`
	figure = `{"id":"stat:%s","type":"Statistic","names":[{"lang":"vi","text":"A","kind":"MAIN"}],"properties":{"value":1,"qualifier":"EXACT","unit":"x"},"sources":["src:a"]}`
)

var together, oneByOne = importer.Limits{Whole: 1000, Rows: 1000}, importer.Limits{Whole: 1, Rows: 1}

func TestPartsAreWrittenInTheOrderInWhichTheyWereChecked(t *testing.T) {
	store := emptyStore(t)
	figures := lines(fmt.Sprintf(figure, "z"), fmt.Sprintf(figure, "b"))
	if _, err := store.take(t, together, paper+"\n"+figures); err != nil {
		t.Fatal(err)
	}
	dated := `{"from":"stat:z","type":"NOT_COMPARABLE_WITH","to":"stat:b","validFrom":"2020-01-01","validFromPrecision":"DAY","sources":["src:a"]}`
	undated := "id,notComparableWith,sources\nstat:b,stat:z,src:a\n" // keeps what is there, from either end
	for run, created := range []int{1, 0} {
		report, err := store.take(t, oneByOne, lines(fmt.Sprintf(figure, "z"), dated), undated)
		if err != nil || report.Counts[importer.Created] != created {
			t.Errorf("run %d: got %+v, %v", run+1, report, err)
		}
	}
}

func TestRowsThatAreSoundOnlyTogetherStopAnImportInParts(t *testing.T) {
	other := strings.ReplaceAll(paper, "src:a", "src:b")
	for _, c := range []struct {
		limits importer.Limits
		says   string
	}{{together, ""}, {oneByOne, "sound only together with rows that come later"}} {
		store := emptyStore(t)
		if _, err := store.take(t, together, lines(other, copying(paper, `"src:b"`))); err != nil {
			t.Fatal(err)
		}
		_, err := store.take(t, c.limits, lines(copying(other, `"src:a"`), copying(paper, "null")))
		if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
			t.Errorf("%+v: got %v, want %q", c.limits, err, c.says)
		}
	}
}

// copying is a source with what it copies.
func copying(source, of string) string { return strings.Replace(source, "}", `,"copyOf":`+of+"}", 1) }

func TestARowThatTakesARelationshipAwayIsChanged(t *testing.T) {
	store := emptyStore(t)
	other := strings.ReplaceAll(paper, "src:a", "src:b")
	for _, c := range []struct {
		file string
		want [4]int // unchanged, created, changed, refused
	}{
		{lines(other, copying(paper, `"src:b"`)), [4]int{0, 2, 0, 0}},
		{lines(copying(paper, "null")), [4]int{0, 0, 1, 0}},
		{lines(copying(paper, "null")), [4]int{1, 0, 0, 0}},
	} {
		if report, err := store.take(t, together, c.file); err != nil || report.Counts != c.want {
			t.Errorf("%s: got %+v, %v", c.file, report, err)
		}
	}
}

func TestAnUpdateThatIsMadeAgainIsReportedAsItWasMadeAtLast(t *testing.T) {
	store := emptyStore(t)
	reader := importer.NewReader(store.api, importer.Tables{})
	if err := reader.ReadText("rows.jsonl", lines(paper)); err != nil {
		t.Fatal(err)
	}
	im := &importer.Import{API: store.api, Rows: reader.Rows, Limits: together, Clearance: query.Secret, At: time.Now()}
	report, err := im.Run(t.Context(), &again{store.Store, func() {
		if _, err := store.take(t, together, lines(paper)); err != nil {
			t.Error(err)
		}
	}})
	if err != nil || report.First != 0 || report.Last != 0 {
		t.Errorf("others wrote the same: got %+v, %v", report, err)
	}
}

// again is a store that makes each update again after something else was done.
type again struct {
	query.Store
	between func()
}

func (a *again) Update(ctx context.Context, f func(query.Tx) error) error {
	rolledBack := errors.New("rolled back")
	err := a.Store.Update(ctx, func(tx query.Tx) error { return errors.Join(f(tx), rolledBack) })
	if !errors.Is(err, rolledBack) {
		return err
	}
	a.between()
	return a.Store.Update(ctx, f)
}

func TestRowsAreNotCheckedOnceTheContextEnds(t *testing.T) {
	s := emptyStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	reader := importer.NewReader(s.api, importer.Tables{})
	if err := reader.ReadText("rows.jsonl", lines(paper)); err != nil {
		t.Fatal(err)
	}
	im := &importer.Import{API: s.api, Rows: reader.Rows}
	reads := 0
	_, err := im.Run(ctx, &interrupted{s.Store, cancel, &reads})
	if !errors.Is(err, context.Canceled) || reads > 0 {
		t.Errorf("after %d more reads: %v", reads, err)
	}
}

// interrupted is a store of which each update begins as its context ends.
type interrupted struct {
	query.Store
	cancel context.CancelFunc
	reads  *int
}

func (i *interrupted) Update(ctx context.Context, f func(query.Tx) error) error {
	return i.Store.Update(ctx, func(tx query.Tx) error {
		i.cancel()
		return f(counting{tx, i.reads})
	})
}

type counting struct {
	query.Tx
	reads *int
}

func (c counting) Records(ctx context.Context, nodes []string, links []query.At) (query.Records, error) {
	*c.reads++
	return c.Tx.Records(ctx, nodes, links)
}

func lines(all ...string) string { return strings.Join(all, "\n") + "\n" }

// target is a store of the bundled schema, and its API.
type target struct {
	api *derive.API
	query.Store
}

func emptyStore(t testing.TB) *target {
	t.Helper()
	api, store := embeddedtest.Empty(t)
	return &target{api, store}
}

func (to *target) take(t *testing.T, limits importer.Limits, files ...string) (*importer.Report, error) {
	t.Helper()
	reader := importer.NewReader(to.api, importer.Tables{Type: "Statistic"})
	defer reader.Rows.Close()
	for i, file := range files {
		if err := reader.Read(fmt.Sprintf("file %d", i+1), strings.NewReader(file)); err != nil {
			t.Fatal(err)
		}
	}
	im := &importer.Import{API: to.api, Rows: reader.Rows, Limits: limits, Clearance: query.Secret, At: time.Now(), Actor: "tester"}
	return im.Run(t.Context(), to)
}
