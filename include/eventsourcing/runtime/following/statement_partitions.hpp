// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_FOLLOWING_STATEMENT_PARTITIONS_HPP
#define EVENTSOURCING_RUNTIME_FOLLOWING_STATEMENT_PARTITIONS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/error.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/timestamp.hpp>
#include <eventsourcing/runtime/following/lanes.hpp>
#include <eventsourcing/runtime/following/parking.hpp>
#include <eventsourcing/runtime/following/project.hpp>
#include <eventsourcing/runtime/row_change.hpp>
#include <eventsourcing/runtime/subscription_status.hpp>
#include <eventsourcing/store/event_reader.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/progress.hpp>

#include <cstddef>
#include <iterator>
#include <optional>
#include <span>
#include <utility>
#include <variant>
#include <vector>

namespace eventsourcing::detail {

/// Adds the statements of an event to those of `state`.
template <class P>
Result<void> add_statements(FollowedReader<P>& reader, typename P::State& state,
                            const EventRecord& record) {
    const std::size_t before = state.list().size();
    auto done = reader.read(record, ProjectOnto<P>{state});
    if (!done)
        return std::move(done).error();
    if (const auto& good = state.storable(); !good)
        return Error(good.error()).within(event_place(record.stream, record.revision));
    if (*done == RowChange::drop || state.list().size() < before)
        return Error(errc::cannot_apply, "apply_event took statements back: it only adds some");
    return {};
}

/// Makes the statements of the events of a page, those of several streams at once.
template <class P>
class StatementPartitions {
public:
    explicit StatementPartitions(unsigned partitions) : lanes_(partitions) {}

    /// Adds them to `to` in the order of the events.
    Result<void> handle(std::span<const EventRecord> records, Parking& parking, Timestamp now,
                        std::vector<SqlStatement>& to, std::size_t& i) {
        lanes_.clear();
        for (std::size_t at = 0; at < records.size(); ++at)
            if (!parking.passes(records[at].stream, records[at], now))
                lanes_.add(records[at].stream, at, [](const auto& /*lane*/) {});
        std::vector<typename P::State> made(records.size());
        auto failure = lanes_.run(records, [&] {
            return [&made, records, reader = FollowedReader<P>()](const auto& /*lane*/,
                                                                  std::size_t at) mutable {
                return add_statements<P>(reader, made[at], records[at]);
            };
        });
        if (!failure)
            return std::move(failure).error();
        if (*failure) {
            parking.ask((*failure)->lane->key);
            i += (*failure)->at;
            return std::move((*failure)->error);
        }
        for (auto& each : made) {
            auto statements = each.take();
            std::move(statements.begin(), statements.end(), std::back_inserter(to));
        }
        i += records.size();
        return {};
    }

    [[nodiscard]] std::optional<OpenEvent> oldest_open() const { return lanes_.oldest_open(); }

private:
    Lanes<std::monostate> lanes_;
};

} // namespace eventsourcing::detail

#endif
