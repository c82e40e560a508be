// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_CONFLICT_HPP
#define EVENTSOURCING_STORE_CONFLICT_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/stream_name.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/duplicate_id.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/head.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace eventsourcing::detail {

/// Whether a stream whose last revision is `last` (nothing if it has no events) is as expected.
constexpr bool meets(std::optional<Revision> last, ExpectedRevision expected) {
    switch (expected.kind()) {
    case ExpectedRevision::Kind::no_stream:
        return !last;
    case ExpectedRevision::Kind::exactly:
        return last == expected.revision();
    case ExpectedRevision::Kind::exists:
        break;
    }
    return last.has_value();
}

/// Whether an append that started at revision `first` can have had this expectation: how a store
/// tells a retry from ids used twice.
constexpr bool could_start_at(Revision first, ExpectedRevision expected) {
    return first == Revision{} ? expected == ExpectedRevision::no_stream()
                               : meets(Revision{first.value() - 1}, expected);
}

inline std::string describe(ExpectedRevision expected) {
    switch (expected.kind()) {
    case ExpectedRevision::Kind::no_stream:
        return "no events";
    case ExpectedRevision::Kind::exactly:
        return "revision " + std::to_string(expected.revision().value()) + " as the last";
    case ExpectedRevision::Kind::exists:
        break;
    }
    return "at least one event";
}

/// The conflict that every store returns, with the same message and data.
inline Error conflict_error(StreamNameView stream, ExpectedRevision expected,
                            std::optional<Revision> actual) {
    return Error(errc::conflict,
                 "stream " + stream.str() + ": expected " + describe(expected) + ", but " +
                     (actual ? "the last is revision " + std::to_string(actual->value())
                             : "it has none") +
                     "; load it again and decide again")
        .with_conflict({.stream = stream.str(), .expected = expected, .actual = actual});
}

/// The refusal of an append condition, with the event that matched it.
inline Error condition_error(std::string_view type, Position position, std::string_view stream) {
    return {errc::condition_failed, "the append condition is matched by the " + std::string(type) +
                                        " at position " + text_of(position) + " (stream " +
                                        std::string(stream) + "); read again and decide again"};
}

/// The refusal of an event whose id is stored already, at this place.
inline Error duplicate_error(const Uuid& id, std::string_view stream, Revision revision,
                             std::string_view why) {
    return Error(errc::duplicate_id, "event " + id.to_string() + " is stored already: " +
                                         event_place(stream, revision) + "; " + std::string(why))
        .with_attached(DuplicateId{.id = id, .stream = std::string(stream), .revision = revision});
}

/// Why a batch with a stored id is no retry.
inline constexpr std::string_view not_whole =
    "a retry sends the whole batch again, a new append has new ids";
inline constexpr std::string_view other_content = "with other content";
/// The same for batches of several streams.
inline constexpr std::string_view not_all =
    "others of the same append are not: a retry sends all of them again, a new append has new ids";
inline std::string other_expectation(ExpectedRevision expected) {
    return "a retry has the expectation of the first attempt, and this one expects " +
           describe(expected);
}

} // namespace eventsourcing::detail

#endif
