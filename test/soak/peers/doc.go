// Package peers are two other ways to rotate, under the same schedules: the
// vendor's runbook as an operator in a hurry types it, and what the tasks of
// Platform Automation do with om. Both run a step that failed again, as often in
// a row as our own pipeline does.
package peers
