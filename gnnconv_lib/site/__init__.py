"""The published book: what is staged, what Sphinx is told, what pages add for a reader.

| module | what it does |
|---|---|
| `build`, `staging` | `make book`: a staging copy with the executed chapters, rendered |
| `sphinx_extension` | the generated pages: `api_page`, `code_pages`, `readings_page`, `status_page` |
| `rerun_page`, `single_file`, `stubs` | one chapter as one file of HTML, for `gnnconv run` |
| `reader` | what the built pages add for a reader |
"""
