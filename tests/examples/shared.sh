# Functions of the tests that run an example: $program, which calls itself $name, in the folder $work.
rm -rf "$work"
mkdir -p "$work"
cd "$work"

fail() {
    echo "$1"
    [ ! -f out ] || sed 's/^/  out: /' out
    [ ! -f err ] || sed 's/^/  err: /' err
    exit 1
}
# Runs without a word on stderr.
run() {
    "$program" "$@" >out 2>err || fail "$name $*: expected exit code 0, got $?"
    [ ! -s err ] || fail "$name $*: expected nothing on stderr"
}
prints() { grep -Eq -- "$1" out || fail "expected a line like: $1"; }
# Refuses with exit code 2, nothing on stdout, and one line on stderr that is like $1.
refuse() {
    like=$1
    shift
    code=0
    "$program" "$@" >out 2>err || code=$?
    [ $code = 2 ] || fail "$name $*: expected exit code 2, got $code"
    [ ! -s out ] || fail "$name $*: expected nothing on stdout"
    [ "$(wc -l <err)" = 1 ] || fail "$name $*: expected one line on stderr"
    grep -Eq -- "^$name: .*$like" err || fail "$name $*: expected an error like: $like"
}
