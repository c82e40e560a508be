// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_HEAD_HPP
#define EVENTSOURCING_STORE_HEAD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>

#include <optional>
#include <string>

namespace eventsourcing::detail {

inline std::string text_of(Position position) {
    std::string text = std::to_string(position.value());
    if (position.prepare() != 0)
        text += "/" + std::to_string(position.prepare());
    return text;
}

/// Refuses a position after `head`, the last one of a store (`Position{}` before the first event):
/// this store never gave it. `what` names the argument, `AllRead::after`.
inline Result<void> check_position(std::optional<Position> after, Position head, const char* what) {
    if (!after || *after <= head)
        return {};
    return Error(errc::beyond_head,
                 std::string(what) + ": position " + text_of(*after) +
                     " was given, but the last position of this store is " + text_of(head) +
                     "; the given one is of another store, or of this one before a backup replaced "
                     "it: read from the beginning");
}

} // namespace eventsourcing::detail

#endif
