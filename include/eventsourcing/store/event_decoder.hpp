// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_EVENT_DECODER_HPP
#define EVENTSOURCING_STORE_EVENT_DECODER_HPP

#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/user_error.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// Finds the row of a record's type again without a look at its text: as a rule the records of a
/// page share the bytes of what they have in common.
class SeenTypes {
public:
    /// Before the records of another page.
    void clear() { count_ = 0; }
    /// The row of the last record with these very bytes, or null.
    [[nodiscard]] const std::size_t* find(const EventRecord& record) const {
        for (const Seen& one : std::span(seen_, std::min(count_, std::size(seen_))))
            if (same(one.type, record.type) && same(one.version, record.version) &&
                same(one.content_type, record.content_type))
                return &one.row;
        return nullptr;
    }
    void add(const EventRecord& record, std::size_t row) {
        seen_[count_++ % std::size(seen_)] = {record.type, record.version, record.content_type,
                                              row};
    }

private:
    struct Seen {
        std::string_view type;
        std::string_view version;
        std::string_view content_type;
        std::size_t row;
    };

    static bool same(std::string_view a, std::string_view b) {
        return a.data() == b.data() && a.size() == b.size();
    }

    std::size_t count_ = 0;
    Seen seen_[8];
};

/// Decodes one event after the other, as `decode_event` does, but into the memory of the last one
/// of the same type.
template <class V>
class EventDecoder {
public:
    /// Before the records of another page.
    void next_page() { seen_.clear(); }

    /// Decodes the event, which is then the one at `event()`.
    [[nodiscard]] Result<void> decode(const EventRecord& record) {
        const std::size_t row = row_of(record);
        if (row == rows.size())
            return no_row<V>(record);
        if (!events_[row])
            if (auto made = make(row); !made)
                return undecodable(std::move(made).error(), record);
        event_ = events_[row].get();
        if (auto done = rows[row].decode_to(*events_[row], record.data); !done)
            return undecodable(std::move(done).error(), record);
        return {};
    }
    [[nodiscard]] const V& event() const { return *event_; }

private:
    static constexpr const auto& rows = EventTable<V>::rows;

    [[gnu::cold]] Result<void> make(std::size_t row) {
        return guarded(making_event, [&]() -> Result<void> {
            events_[row].reset(new V(blank_event<V>()));
            return {};
        });
    }
    /// `rows.size()` where there is none.
    std::size_t row_of(const EventRecord& record) {
        if (const std::size_t* row = seen_.find(record))
            return *row;
        const EventRow<V>* const found = find_row<V>(record);
        const std::size_t row = found ? static_cast<std::size_t>(found - rows.data()) : rows.size();
        seen_.add(record, row);
        return row;
    }

    SeenTypes seen_;
    std::unique_ptr<V> events_[rows.size()]{};
    const V* event_ = nullptr;
};

} // namespace eventsourcing::detail

#endif
