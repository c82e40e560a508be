// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_RELAY_MARKS_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_RELAY_MARKS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/uuid.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/event_store.hpp>
#include <eventsourcing/store/metadata_codec.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// From which stores an event came, as its metadata says: their ids in the value `relayed_from`,
/// with spaces between. What came from a store is not sent back there.
class RelayMarks {
public:
    RelayMarks() = default;
    /// `source` is the id of a source that tells none itself.
    RelayMarks(bool marks, std::vector<Uuid> leads_to, std::optional<Uuid> source = {})
        : marks_(marks),
          leads_to_(std::move(leads_to)),
          given_source_(source) {}

    /// Asks both ends for their ids, once.
    template <class Source, class Sink>
    Result<void> learn_ids(const Source& source, const Sink& sink) {
        if (known_)
            return {};
        if (marks_) {
            auto id = given_source_ ? Result<Uuid>(*given_source_) : told_id(source);
            if (!id)
                return std::move(id).error().within("mark_source");
            source_ = id->to_string();
        }
        if (auto id = told_id(sink))
            leads_to_.push_back(*id);
        known_ = true;
        return {};
    }

    [[nodiscard]] bool marks() const { return marks_; }
    /// Whether the event came from where the sink leads.
    [[nodiscard]] bool leads_back(const EventRecord& record) const {
        if (leads_to_.empty() || record.metadata.find(name) == std::string_view::npos)
            return false;
        const auto metadata = decode_metadata(record.metadata);
        if (!metadata)
            return false;
        const auto from = metadata->values.find(name);
        return from != metadata->values.end() &&
               std::any_of(leads_to_.begin(), leads_to_.end(), [&](const Uuid& id) {
                   return from->second.find(id.to_string()) != std::string::npos;
               });
    }
    /// The metadata of the event with a mark of this source.
    [[nodiscard]] Result<std::string> marked(const EventRecord& record) const {
        auto metadata = decode_metadata(record.metadata);
        if (!metadata)
            return std::move(metadata).error();
        std::string& from = metadata->values[std::string(name)];
        if (from.find(source_) == std::string::npos)
            from += from.empty() ? source_ : " " + source_;
        std::string text;
        if (auto done = encode_metadata(*metadata, text); !done)
            return std::move(done).error();
        return text;
    }

private:
    static constexpr std::string_view name = "relayed_from";

    template <class S>
    static Result<Uuid> told_id(const S& store) {
        auto id = [&]() -> Result<Uuid> {
            if constexpr (IdentifiedStore<S>)
                return store.store_id();
            else
                return errc::unsupported;
        }();
        if (!id && id.error() == errc::unsupported)
            return Error(errc::unsupported,
                         "this store has no id (store_id): give it one, RelayOptions::source_id");
        return id;
    }

    bool marks_ = false;
    bool known_ = false;
    std::vector<Uuid> leads_to_{};
    std::optional<Uuid> given_source_{};
    std::string source_{};
};

} // namespace eventsourcing::detail

#endif
