"""docs/importing.md says what is so."""

from __future__ import annotations

import pytest

from tests.hostile.importing_table import DOCUMENT, table
from tests.shared import requires_shared


@pytest.mark.slow
@requires_shared
def test_the_table_in_the_documents_is_what_the_files_come_to() -> None:
    assert table() in DOCUMENT.read_text("utf-8"), (
        'run: scripts/manage shell -c "from tests.hostile.importing_table import write; write()"'
    )
