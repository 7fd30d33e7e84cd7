package plan

import "bordergraph/graph/derive"

// words are what is said in one of two languages: Vietnamese, or for all others English.
type words struct {
	vietnamese             bool
	yes, no, missing, note string
}

var (
	vietnamese = &words{
		vietnamese: true, yes: "có", no: "không", missing: "không ghi nhận",
		note: "Đếm số bản ghi có ở đây, không phải tổng số do nguồn công bố; đối tượng thuộc nhiều nhóm được đếm trong từng nhóm.",
	}
	english = &words{
		yes: "yes", no: "no", missing: "not recorded",
		note: "Counts of records here, not totals that sources report; what belongs to several groups is counted in each.",
	}
)

// words are those of the language that a field is asked in.
func (b *builder) words(g *group) *words {
	if lang := b.arguments(g)["lang"]; lang == nil || lang == "VI" {
		return vietnamese
	}
	return english
}

// labels are what people call the codes of an enum; none for no enum.
func (b *builder) labels(enum string, w *words) map[string]string {
	labels := map[string]string{}
	for _, term := range b.API.Vocabulary(enum) {
		labels[term.Code] = w.label(term)
	}
	return labels
}

func (w *words) label(term derive.Term) string {
	if w.vietnamese {
		return term.LabelVi
	}
	return term.LabelEn
}
