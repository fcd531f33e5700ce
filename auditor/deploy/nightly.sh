#!/bin/sh
# Audit one night: sh nightly.sh [YYYY-MM-DD], yesterday when no day is given.
#
# Needs in the environment: RECORDINGS, the folder with a folder of recordings and manifest for each
# day. May be set: NIGHTS, where results go (a folder a night, and the database), AUDITOR, the
# command, EXTRA, more options; and every AUDITOR_* setting, such as AUDITOR_MODEL.
# Started again for the same night, it finishes what is left. Ends with the status of auditor run.
set -u

night=${1:-$(date -d yesterday +%F)}
nights=${NIGHTS:-/var/lib/auditor}
out=$nights/$night
mkdir -p "$out" || exit 4

# The certificate of this night is chained to that of the last one that was finished.
set -- run "${RECORDINGS:?}/$night" --out "$out" --db "$nights/audit.db" --canary ${EXTRA:-}
last=$(readlink -f "$nights/last" 2>/dev/null || true)
if [ -n "$last" ] && [ "$last" != "$(readlink -f "$out")" ] && [ -f "$last/certificate.json" ]; then
    set -- "$@" --previous "$last"
fi

"${AUDITOR:-auditor}" "$@"
status=$?
[ -f "$out/certificate.json" ] && ln -sfn "$night" "$nights/last"
exit "$status"
