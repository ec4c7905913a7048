// Package faults is what goes wrong on purpose: what a fault is told, when it strikes,
// and what each effect does to a request. It knows answers, but nothing of the
// foundation behind them.
package faults
