"""docx from templates: `compile_template(data, name=…)` once, `.render(context)` per record."""

from docgen.engine.render.compiled import CompiledTemplate, Rendered, RenderPath, compile_template
from docgen.engine.render.pictures import Picture
from docgen.engine.render.run import link_to

__all__ = ["CompiledTemplate", "Picture", "RenderPath", "Rendered", "compile_template", "link_to"]
