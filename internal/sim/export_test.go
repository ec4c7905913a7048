package sim

// TokensKept is how many tokens UAA remembers.
func (f *Foundation) TokensKept() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.uaa.Kept()
}
