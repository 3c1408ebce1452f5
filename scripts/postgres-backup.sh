#!/usr/bin/env bash
# Backup and recovery of an installation on PostgreSQL, with PostgreSQL's own tools. Needs nothing of this
# repository: copy it to the machine.
#
#   postgres-backup.sh full    URL PLACE             a full backup of the running server (daily, by cron)
#   postgres-backup.sh receive URL PLACE             brings the log away all the time (a service; RPO of about a second)
#   postgres-backup.sh list    PLACE
#   postgres-backup.sh restore PLACE DIR [TIME]      makes a cluster's data folder, up to TIME (2026-11-23 12:00:00+08)
#
# URL is of a role with REPLICATION, e.g. postgres://backup@HOST/postgres (its password in ~/.pgpass). PLACE is a folder on
# another disk or machine. secret.key and files/ of the data folder are not in the database: copy them apart.
set -euo pipefail

die() { printf 'postgres-backup.sh: %s\n' "$1" >&2; exit 1; }
usage() { sed -n '2,12p' "$0" | sed 's/^# \{0,1\}//' >&2; exit 2; }
tool() {
    local dir
    for dir in "${PILEOPS_PG_BIN:-}" $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -Vr); do
        if [ -n "$dir" ] && [ -x "$dir/$1" ]; then echo "$dir/$1"; return; fi
    done
    command -v "$1" || die "没有找到 $1，请安装 PostgreSQL 客户端 / $1 is missing: install PostgreSQL's client programs"
}
place() { [ -d "$1" ] || die "备份地 $1 不存在或未挂载 / the place $1 does not exist or is not mounted"; }

full() {
    local url="$1" place="$2" name
    place "$place"
    name="$place/fulls/$(date -u +%Y%m%dT%H%M%SZ)"
    mkdir -p "$place/fulls"
    "$(tool pg_basebackup)" --dbname="$url" --pgdata="$name.part" --format=tar --gzip --wal-method=fetch --checkpoint=fast
    mv "$name.part" "$name"
    # PostgreSQL's own list of files and checksums is compared with what was written.
    mkdir "$name.check"
    tar -xzf "$name/base.tar.gz" -C "$name.check"
    cp "$name/backup_manifest" "$name.check/"
    "$(tool pg_verifybackup)" --quiet --no-parse-wal "$name.check" || die "校验不通过 / the backup does not agree with its manifest"
    rm -rf "$name.check"
    echo "$name"
}

receive() {
    local url="$1" place="$2"
    place "$place"
    mkdir -p "$place/log"
    # A slot keeps the log on the server until the place has it: after an interruption nothing is missing.
    "$(tool pg_receivewal)" --dbname="$url" --slot=pileops_backup --create-slot --if-not-exists
    exec "$(tool pg_receivewal)" --dbname="$url" --slot=pileops_backup --directory="$place/log" --synchronous --no-loop
}

list() {
    place "$1"
    local one
    for one in "$1"/fulls/*/; do
        [ -d "$one" ] && printf '%s\t%s\n' "$(basename "$one")" "$(du -sh "$one" | cut -f1)"
    done
    printf 'log\t%s\n' "$(du -sh "$1/log" 2>/dev/null | cut -f1)"
}

restore() {
    local place="$1" dir="$2" to="${3:-}" found="" one begun
    place "$place"
    if [ -e "$dir" ] && [ -n "$(ls -A "$dir")" ]; then die "目录 $dir 不是空的，恢复只写入空目录 / the folder $dir is not empty"; fi
    for one in "$place"/fulls/*Z/; do
        [ -f "$one/base.tar.gz" ] || continue
        begun="$(basename "$one")"
        begun="${begun:0:4}-${begun:4:2}-${begun:6:2} ${begun:9:2}:${begun:11:2}:${begun:13:2}Z"
        if [ -z "$to" ] || [ "$(date -d "$begun" +%s)" -le "$(date -d "$to" +%s)" ]; then found="$one"; fi
    done
    [ -n "$found" ] || die "没有早于 ${to:-现在} 的完整备份 / there is no full backup before that"
    mkdir -p "$dir"
    chmod 700 "$dir"
    tar -xzf "$found/base.tar.gz" -C "$dir"
    # The segment that was still being received ends in .partial; it has what was written last.
    {
        printf "restore_command = 'cp \"%s/log/%%f\" \"%%p\" || cp \"%s/log/%%f.partial\" \"%%p\"'\n" "$place" "$place"
        printf "recovery_target_timeline = 'latest'\n"
        if [ -n "$to" ]; then printf "recovery_target_time = '%s'\n" "$to"; fi
        printf "recovery_target_action = 'promote'\n"
    } >>"$dir/postgresql.auto.conf"
    touch "$dir/recovery.signal"
    echo "从 $(basename "$found") 恢复；启动该实例即回放日志，然后 pileops verify --database-url … 核对 / start the cluster on $dir, then run pileops verify"
}

case "${1:-}" in
full) [ $# = 3 ] || usage; full "$2" "$3" ;;
receive) [ $# = 3 ] || usage; receive "$2" "$3" ;;
list) [ $# = 2 ] || usage; list "$2" ;;
restore) [ $# = 3 ] || [ $# = 4 ] || usage; restore "$2" "$3" "${4:-}" ;;
*) usage ;;
esac
