// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_CORE_REVISION_HPP
#define EVENTSOURCING_CORE_REVISION_HPP

#include <eventsourcing/core/require_cxx20.hpp>

#include <compare>
#include <cstdint>

namespace eventsourcing {

/// The place of an event in its stream, from 0. Engines may leave gaps at the front (deleted
/// events), never between two events of one append.
class Revision {
public:
    constexpr Revision() = default;
    constexpr explicit Revision(std::uint64_t value) : value_(value) {}

    [[nodiscard]] constexpr std::uint64_t value() const { return value_; }
    /// The revision `count` events later.
    [[nodiscard]] constexpr Revision plus(std::uint64_t count) const {
        return Revision{value_ + count};
    }

    constexpr auto operator<=>(const Revision&) const = default;

private:
    std::uint64_t value_ = 0;
};

/// How many events have been applied to a state. Only the library increments it, by one for each
/// applied event.
class Generation {
public:
    constexpr Generation() = default;
    constexpr explicit Generation(std::uint64_t value) : value_(value) {}

    [[nodiscard]] constexpr std::uint64_t value() const { return value_; }

    constexpr auto operator<=>(const Generation&) const = default;

private:
    std::uint64_t value_ = 0;
};

/// The place of an event in the whole store, in commit order. Ordered and comparable within one
/// store and meaningless outside it; ascending, but not without gaps. Most engines need one number;
/// EventStoreDB has two (commit and prepare).
class Position {
public:
    constexpr Position() = default;
    constexpr explicit Position(std::uint64_t value, std::uint64_t prepare = 0)
        : value_(value),
          prepare_(prepare) {}

    [[nodiscard]] constexpr std::uint64_t value() const { return value_; }
    /// The second number of an engine that has one: EventStoreDB's prepare position, or the place
    /// in a message with several events; 0 for other engines.
    [[nodiscard]] constexpr std::uint64_t prepare() const { return prepare_; }

    constexpr auto operator<=>(const Position&) const = default;

private:
    std::uint64_t value_ = 0;
    std::uint64_t prepare_ = 0;
};

/// What an append expects of its stream. There is no "any": appending without a check is another
/// function, `append_unchecked`.
class ExpectedRevision {
public:
    enum class Kind : std::uint8_t { no_stream, exactly, exists };

    /// The stream has no events yet.
    [[nodiscard]] static constexpr ExpectedRevision no_stream() {
        return ExpectedRevision{Kind::no_stream, Revision{}};
    }
    /// The last event of the stream has this revision.
    [[nodiscard]] static constexpr ExpectedRevision exactly(Revision last) {
        return ExpectedRevision{Kind::exactly, last};
    }
    /// The stream has at least one event.
    [[nodiscard]] static constexpr ExpectedRevision exists() {
        return ExpectedRevision{Kind::exists, Revision{}};
    }
    /// The expectation of a state to which every event of its stream was applied: the last revision
    /// is `generation - 1`, and generation 0 expects no stream.
    [[nodiscard]] static constexpr ExpectedRevision after(Generation generation) {
        return generation.value() == 0 ? no_stream() : exactly(Revision{generation.value() - 1});
    }

    [[nodiscard]] constexpr Kind kind() const { return kind_; }
    /// The last revision expected; 0 and without meaning unless `kind()` is `exactly`.
    [[nodiscard]] constexpr Revision revision() const { return revision_; }

    constexpr bool operator==(const ExpectedRevision&) const = default;

private:
    constexpr ExpectedRevision(Kind kind, Revision revision) : revision_(revision), kind_(kind) {}

    Revision revision_;
    Kind kind_;
};

} // namespace eventsourcing

#endif
