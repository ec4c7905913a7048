package process

// Parse reads proc(5).
var Parse = parse
