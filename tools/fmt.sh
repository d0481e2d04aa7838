#!/bin/bash
# Formats every C++ file of the project; with --check, names the ones that are not formatted and fails.
set -euo pipefail
cd "$(dirname "$0")/.."
command -v clang-format >/dev/null || { echo "clang-format is missing: tools/install.sh fmt" >&2; exit 2; }
mapfile -t files < <(git ls-files '*.cc' '*.h')
if [ "${1:-}" = --check ]; then clang-format --dry-run -Werror "${files[@]}"; else clang-format -i "${files[@]}"; fi
