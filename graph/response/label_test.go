package response

import "testing"

func TestATimeIsCalledAsExactlyAsItIsKnown(t *testing.T) {
	for _, c := range []struct{ period, vietnamese, english string }{
		{"2024", "năm 2024", "2024"},
		{"2024-Q3", "quý III năm 2024", "Q3 2024"},
		{"2024-03", "tháng 3 năm 2024", "March 2024"},
		{"2024-12", "tháng 12 năm 2024", "December 2024"},
		{"2024-03-05", "ngày 5 tháng 3 năm 2024", "5 March 2024"},
		{"0987-11-30", "ngày 30 tháng 11 năm 0987", "30 November 0987"},
	} {
		if vi, en := periodLabel(c.period, true), periodLabel(c.period, false); vi != c.vietnamese || en != c.english {
			t.Errorf("%s is called %q and %q", c.period, vi, en)
		}
	}
}
