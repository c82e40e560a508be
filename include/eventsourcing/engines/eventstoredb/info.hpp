// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_ENGINES_EVENTSTOREDB_INFO_HPP
#define EVENTSOURCING_ENGINES_EVENTSTOREDB_INFO_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/json.hpp>
#include <eventsourcing/core/event_traits.hpp>
#include <eventsourcing/core/result.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace eventsourcing {

/// What a server says about itself.
struct EventStoreDbInfo {
    /// `20.10.1.0`.
    std::string version{};
    /// `leader` or `master`, `follower`, ...
    std::string state{};
    /// Whether streams can be used over HTTP; servers before 20.6 don't say so, and always can.
    bool atom_pub = true;
};

namespace detail::eventstoredb {

struct InfoFeatures {
    std::optional<bool> atom_pub;

    static void members(auto& self, auto&& member) { member("atomPub", self.atom_pub); }
};

struct InfoAnswer {
    std::optional<std::string> es_version;
    std::optional<std::string> db_version;
    std::optional<std::string> state;
    std::optional<InfoFeatures> features;

    static void members(auto& self, auto&& member) {
        member("esVersion", self.es_version);
        member("dbVersion", self.db_version);
        member("state", self.state);
        member("features", self.features);
    }
};

inline Result<EventStoreDbInfo> read_info(std::string_view text) {
    auto answer = decode_json<InfoAnswer>(text);
    if (!answer)
        return std::move(answer).error();
    const auto& version = answer->db_version ? answer->db_version : answer->es_version;
    if (!version || !is_portable_name(*version))
        return Error(errc::malformed, "$.esVersion: expected the version of an EventStoreDB");
    return EventStoreDbInfo{.version = *version,
                            .state = answer->state.value_or("(unknown)"),
                            .atom_pub =
                                !answer->features || answer->features->atom_pub.value_or(true)};
}

} // namespace detail::eventstoredb

} // namespace eventsourcing

#endif
