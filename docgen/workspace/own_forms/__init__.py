"""本单位自己的表和模板: begun, built from their text, checked, previewed."""
