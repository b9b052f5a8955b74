from pathlib import Path
import tests.shared as s
s.SHARED = Path("/work/shared/data")
