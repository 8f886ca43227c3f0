"""值: what a field can hold – names, numbers, closed sets, the two kinds of gap – and how text becomes it."""
