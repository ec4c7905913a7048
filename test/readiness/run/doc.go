// Package run plays many cells of the matrix side by side, and writes what they came to
// as a table.
package run
