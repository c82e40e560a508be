// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_SCHEMA_LOCK_HPP
#define EVENTSOURCING_TESTING_SCHEMA_LOCK_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/schema_text.hpp>
#include <eventsourcing/core/aggregate.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/testing/schema/lock_file.hpp>
#include <eventsourcing/testing/schema/schema.hpp>

#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing {

/// Whether a lock file agrees with the program, and if not, why. Converts to bool; `describe()`
/// tells the rest.
class [[nodiscard]] LockVerdict {
public:
    LockVerdict() = default;
    LockVerdict(std::vector<std::string> breaking, std::vector<std::string> allowed,
                std::string cure)
        : breaking_(std::move(breaking)),
          allowed_(std::move(allowed)),
          cure_(std::move(cure)) {}
    explicit LockVerdict(const Error& error) : breaking_{error.message()} {}

    explicit operator bool() const { return breaking_.empty() && allowed_.empty(); }

    /// Differences for which an event needs a new version; or the one error that prevents a
    /// comparison.
    [[nodiscard]] const std::vector<std::string>& breaking() const& { return breaking_; }
    [[nodiscard]] std::vector<std::string> breaking() && { return std::move(breaking_); }
    /// Differences that need none: the lock is only to be written again.
    [[nodiscard]] const std::vector<std::string>& allowed() const& { return allowed_; }
    [[nodiscard]] std::vector<std::string> allowed() && { return std::move(allowed_); }

    /// All differences, a sentence in each line, and what to do about them.
    [[nodiscard]] std::string describe() const {
        if (*this)
            return "as in the lock\n";
        std::string out;
        for (const std::string& sentence : breaking_)
            out += sentence + "\n";
        for (const std::string& sentence : allowed_)
            out += "allowed: " + sentence + "\n";
        return out + cure_;
    }

    /// `describe()`, which is how test frameworks print it.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& out,
                                                        const LockVerdict& verdict) {
        return out << verdict.describe();
    }

private:
    std::vector<std::string> breaking_{};
    std::vector<std::string> allowed_{};
    std::string cure_{};
};

namespace detail::schema {

/// The call that writes a lock, for messages.
template <class A>
std::string call_to_accept(const std::string& path) {
    return joined({"es::accept_schema<", bare_name<A>(), ">(\"", path, "\")"});
}

inline Error of_another(const std::string& path, std::string_view found, std::string_view wanted) {
    return {errc::invalid, joined({path, ": this is the lock of the aggregate ", found,
                                   ", expected that of ", wanted,
                                   "; give each aggregate a file of its own, or remove this one "
                                   "first if the aggregate was renamed"})};
}

/// The lock of `A` without its last line; `schema` has views of that text, which stay right when it
/// is moved: it is longer than what a string keeps in itself.
template <class A>
Result<std::string> read_lock_of(const std::string& path, Schema& schema) {
    auto text = read_lock(path, call_to_accept<A>(path));
    if (!text)
        return text;
    auto read = read_schema(*text);
    if (!read)
        return std::move(read).error().within(path);
    schema = *std::move(read);
    if (schema.aggregate != bare_name<A>())
        return of_another(path, schema.aggregate, bare_name<A>());
    return text;
}

/// Whether a lock without its last line has this schema text, perhaps with a line `folds` after it.
inline bool has_schema(std::string_view lock, std::string_view schema) {
    return lock.substr(0, lock.find("\nfolds ") + 1) == schema || lock == schema;
}

template <class A>
LockVerdict compare_lock(const std::string& path) {
    Schema locked;
    const auto text = read_lock_of<A>(path, locked);
    if (!text)
        return LockVerdict(text.error());
    const std::string today = tidied(schema_text<A>());
    const auto now = read_schema(today);
    if (!now)
        return LockVerdict(now.error());
    auto found = compare(locked, *now);
    if (!has_schema(*text, today) && found.breaking.empty() && found.allowed.empty())
        found.allowed.emplace_back("the lines have another order");
    const std::string accept = call_to_accept<A>(path);
    std::string cure =
        found.breaking.empty()
            ? joined({"Write the lock again: ", accept, "\n"})
            : joined({"Give such an event a new event_type_version and an upcast from what it was. "
                      "Or, if no such event is stored anywhere, write the lock again: ",
                      accept, "\n"});
    return {std::move(found.breaking), std::move(found.allowed), std::move(cure)};
}

/// Writes a lock with `folds`; empty keeps that line as it is.
template <class A>
Result<void> write_lock(const std::string& path, std::string_view folds) {
    Schema before;
    const auto old = read_lock_of<A>(path, before);
    if (!old && old.error() == errc::invalid)
        return old.error(); // of another aggregate
    if (!old && old.error() == errc::malformed) {
        const auto there = read_file(path);
        if (!there || (!there->empty() && !holds_line(*there, "eventsourcing schema ")))
            return Error(errc::invalid, joined({path, ": this file is no schema lock, so it is "
                                                      "left as it is; is its name right?"}));
    }
    std::string text = tidied(schema_text<A>());
    if (folds.empty() && old)
        folds = before.folds;
    if (!folds.empty())
        add_schema_line(text, "folds", {folds});
    return write_file(path, text + end_line(text));
}

} // namespace detail::schema

/// Whether the aggregate stores what its lock file says: `CHECK(es::schema_matches<Combat>(
/// "schema/combat.lock"))`. Each difference is a sentence of `describe()`.
///
/// Without a new version an event may get an optional field or an alias, lose an optional field,
/// and change the order of its fields; then the lock is only to be written again. Anything else is
/// something that this program or an older one, which runs beside it while it is rolled out, can't
/// read. A relative path begins in the folder in which the program runs. Never writes.
template <Aggregate A>
LockVerdict schema_matches(const std::string& path) {
    return detail::schema::compare_lock<A>(path);
}

/// Writes the lock file, as a whole: for a program or a test that runs by request only. A digest of
/// folding (`check_folds`) that is in the file stays as it is.
///
/// Errors: `invalid` if the file is no lock or that of another aggregate, which is left as it is;
/// `not_found` if there is no such folder; `unavailable` if it can't be written.
template <Aggregate A>
Result<void> accept_schema(const std::string& path) {
    return detail::schema::write_lock<A>(path, {});
}

} // namespace eventsourcing

#endif
