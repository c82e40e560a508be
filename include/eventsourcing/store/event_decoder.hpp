// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_STORE_EVENT_DECODER_HPP
#define EVENTSOURCING_STORE_EVENT_DECODER_HPP

#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/recorded.hpp>

#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace eventsourcing::detail {

/// Decodes one event after the other, as `decode_event` does, but into the memory of the last one
/// of the same type.
template <class V>
class EventDecoder {
public:
    /// Before the records of another page.
    void next_page() {
        last_ = {};
        last_row_ = rows.size();
    }

    /// Decodes the event, which is then the one at `event()`.
    [[nodiscard]] Result<void> decode(const EventRecord& record) {
        const std::size_t row = row_of(record);
        if (row == rows.size())
            return no_row<V>(record);
        auto& event = events_[row];
        if (!event)
            event.reset(new V(blank_event<V>()));
        if (auto done = rows[row].decode_to(*event, record.data); !done)
            return undecodable(std::move(done).error(), record);
        event_ = event.get();
        return {};
    }
    [[nodiscard]] const V& event() const { return *event_; }

private:
    static constexpr const auto& rows = EventTable<V>::rows;

    static bool same(std::string_view a, std::string_view b) {
        return a.data() == b.data() && a.size() == b.size();
    }

    /// `rows.size()` where there is none.
    std::size_t row_of(const EventRecord& record) {
        // as a rule the records of a page share the bytes of what they have in common
        if (same(record.type, last_.type) && same(record.version, last_.version) &&
            same(record.content_type, last_.content_type))
            return last_row_;
        last_ = {
            .type = record.type, .version = record.version, .content_type = record.content_type};
        const EventRow<V>* const row = find_row<V>(record);
        last_row_ = row ? static_cast<std::size_t>(row - rows.data()) : rows.size();
        return last_row_;
    }

    EventRecord last_{};
    std::size_t last_row_ = rows.size();
    std::unique_ptr<V> events_[rows.size()]{};
    const V* event_ = nullptr;
};

} // namespace eventsourcing::detail

#endif
