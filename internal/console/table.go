package console

import (
	"charm.land/lipgloss/v2"
	"charm.land/lipgloss/v2/table"
)

// Table is rows below headers, without a line feed at the end. It is as wide
// as its cells need; cells may be styled.
func (s Styles) Table(headers []string, rows [][]string) string {
	cell := lipgloss.NewStyle().PaddingRight(2)
	return table.New().
		Border(lipgloss.NormalBorder()).
		BorderTop(false).BorderBottom(false).BorderLeft(false).BorderRight(false).
		BorderColumn(false).BorderHeader(true).
		BorderStyle(s.muted).
		StyleFunc(func(row, _ int) lipgloss.Style {
			if row == table.HeaderRow {
				return s.heading.PaddingRight(2)
			}
			return cell
		}).
		Headers(headers...).
		Rows(rows...).
		String()
}
