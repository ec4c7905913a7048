// Package run plays rotations under schedules, several at a time, and adds up how
// they went.
package run
