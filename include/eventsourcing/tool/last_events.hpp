// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TOOL_LAST_EVENTS_HPP
#define EVENTSOURCING_TOOL_LAST_EVENTS_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/read.hpp>
#include <eventsourcing/store/verbs.hpp>
#include <eventsourcing/tool/record_row.hpp>

#include <algorithm>
#include <cstdint>
#include <deque>
#include <optional>
#include <stop_token>
#include <utility>

namespace eventsourcing::detail::tool {

/// The last events of a store that match a query. Stores are read forward only: where positions are
/// numbers, only the end of the store is read, more of it if too few events of it match.
class LastEvents {
public:
    LastEvents(const AnyStore& store, std::uint64_t most) : store_(store), most_(most) {}

    /// Sets `next` to go on after them. After a stop there may be fewer.
    Result<void> read(AllRead& next, const std::stop_token& stop) {
        std::uint64_t end = 0;
        if (verbs_of(store_).head) {
            auto head = store_.head();
            if (!head)
                return std::move(head).error();
            if (*head && (*head)->prepare() == 0)
                end = (*head)->value();
            if (most_ == 0) {
                next.after = *head;
                return {};
            }
        }
        for (std::uint64_t width = first_width();; width *= 4) {
            const bool whole = width >= end;
            next.after = whole ? std::nullopt : std::optional(Position(end - width));
            rows_.clear();
            if (auto done = read_rest(next, stop); !done)
                return done;
            if (whole || rows_.size() >= most_ || stop.stop_requested())
                return {};
        }
    }
    /// In their order.
    std::deque<Row>& rows() { return rows_; }

private:
    [[nodiscard]] std::uint64_t first_width() const {
        return std::clamp<std::uint64_t>(most_, 1'000, UINT32_MAX);
    }
    Result<void> read_rest(AllRead& next, const std::stop_token& stop) {
        while (!stop.stop_requested()) {
            auto page = store_.read_all(next);
            if (!page)
                return std::move(page).error();
            for (const EventRecord& record : *page) {
                if (most_ == 0)
                    break;
                if (rows_.size() == most_)
                    rows_.pop_front();
                rows_.push_back(record_row(record));
            }
            if (page->last_position)
                next.after = page->last_position;
            if (page->at_end)
                break;
        }
        return {};
    }

    const AnyStore& store_;
    std::uint64_t most_;
    std::deque<Row> rows_{};
};

} // namespace eventsourcing::detail::tool

#endif
