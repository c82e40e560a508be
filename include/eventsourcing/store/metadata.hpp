// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_METADATA_HPP
#define EVENTSOURCING_STORE_METADATA_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/store/explain_metadata.hpp>

#include <map>
#include <string>

namespace eventsourcing {

/// What is recorded with an event besides the event itself. An empty text means absent.
struct Metadata {
    /// Empty: refuses values that are given without the name of a member.
    [[no_unique_address]] detail::NothingUnnamed nothing_unnamed{};
    /// Shared by all events that one request from outside has caused.
    std::string correlation_id{};
    /// The id of the event or message that caused this one.
    std::string causation_id{};
    /// The id of the command that was decided; a handler can recognise one that it has seen.
    std::string command_id{};
    /// The W3C trace context, `traceparent` and `tracestate`.
    std::string traceparent{};
    std::string tracestate{};
    /// The application's own key/values.
    std::map<std::string, std::string, std::less<>> values{};

    bool operator==(const Metadata&) const = default;

    [[nodiscard]] bool empty() const {
        return correlation_id.empty() && causation_id.empty() && command_id.empty() &&
               traceparent.empty() && tracestate.empty() && values.empty();
    }
};

} // namespace eventsourcing

#endif
