// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_ROW_PARTITIONS_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_ROW_PARTITIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/following/lanes.hpp>
#include <eventsourcing/runtime/following/parking.hpp>
#include <eventsourcing/runtime/following/project.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/progress_limits.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// Projects the events of a page onto rows, those of several keys at once.
template <class P, class Row>
class RowPartitions {
public:
    using Lane = typename Lanes<Row*>::Lane;
    using Reader = FollowedReader<P>;

    explicit RowPartitions(unsigned partitions) : lanes_(partitions) {}

    /// `row(key)` returns where the row is made. `change(reader, lane, record)` projects an event
    /// onto it, in any thread. `failed` is the row of the failure, if it is of one.
    template <class RowOf, class Change>
    Result<void> handle(std::span<const EventRecord> records, Parking& parking, Timestamp now,
                        const RowOf& row, const Change& change, std::size_t& i, Row*& failed) {
        failed = nullptr;
        if (auto done = read_keys(records); !done)
            return done;
        lanes_.clear();
        const std::size_t end = add_all(records, parking, now, row);
        auto failure = lanes_.run(records, [&] {
            return [&change, records, reader = Reader()](Lane& lane, std::size_t at) mutable {
                return change(reader, lane, records[at]);
            };
        });
        if (!failure)
            return std::move(failure).error();
        if (*failure) {
            failed = (*failure)->lane->of;
            parking.ask((*failure)->lane->key);
            i += (*failure)->at;
            return std::move((*failure)->error);
        }
        i += end;
        if (end == records.size())
            return {};
        parking.ask(line_of_stream(records[end].stream));
        return std::move(keys_[end]).error();
    }

    [[nodiscard]] std::optional<OpenEvent> oldest_open() const { return lanes_.oldest_open(); }

private:
    using Keys = Result<std::vector<std::string>>;

    Result<void> read_keys(std::span<const EventRecord> records) {
        keys_.assign(records.size(), Keys(std::in_place));
        return lanes_.workers().share(records.size(), [&] {
            return [this, records, reader = Reader()](std::size_t at) mutable {
                keys_[at] = reader.read(records[at], []<class E>(const Recorded<E>& event) -> Keys {
                    auto keys = keys_of<P>(event);
                    for (const std::string& key : keys)
                        if (auto good = check_row_key(key); !good)
                            return std::move(good).error();
                    return keys;
                });
            };
        });
    }
    /// Up to the first event of which the keys can't be read: returns its place.
    template <class RowOf>
    std::size_t add_all(std::span<const EventRecord> records, Parking& parking, Timestamp now,
                        const RowOf& row) {
        for (std::size_t at = 0; at < records.size(); ++at) {
            const EventRecord& record = records[at];
            if (parking.passes(line_of_stream(record.stream), record, now))
                continue;
            if (!keys_[at])
                return at;
            for (const std::string& key : *keys_[at])
                if (!parking.passes(key, record, now))
                    lanes_.add(key, at, [&](Lane& lane) { lane.of = row(key); });
        }
        return records.size();
    }

    Lanes<Row*> lanes_;
    std::vector<Keys> keys_{}; // of each event of the page
};

} // namespace eventsourcing::detail

#endif
