package inventory

// TaskOf is what the documentation says of a category.
func TaskOf(c Category) (procedure, who string, rotated bool) {
	return tasks[c].procedure, tasks[c].who, tasks[c].rotated
}
