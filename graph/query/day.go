package query

import "time"

// hoChiMinh is UTC+7 the whole year, and needs no time zone database.
var hoChiMinh = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

// DayOf is the day that a moment is of in Viet Nam: 2026-01-15.
func DayOf(moment time.Time) string { return moment.In(hoChiMinh).Format(time.DateOnly) }
