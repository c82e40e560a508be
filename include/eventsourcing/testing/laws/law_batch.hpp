// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_TESTING_LAWS_LAW_BATCH_HPP
#define EVENTSOURCING_TESTING_LAWS_LAW_BATCH_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/environment.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/store/batch.hpp>
#include <eventsourcing/store/receipt.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace eventsourcing {

/// In which form the laws hand their events to a store.
enum class LawForm : std::uint8_t {
    bytes, ///< as an `EventBatch` of encoded events: what every engine sees in the end
    typed, ///< as a `Batch` of a variant, for stores that keep events as their own types
};

} // namespace eventsourcing

namespace eventsourcing::detail::laws {

struct Noted {
    static constexpr std::string_view event_type = "law.noted";
    static constexpr std::string_view event_source = "events://laws";

    std::string text;
    std::vector<std::string> labels;

    [[nodiscard]] const std::vector<std::string>& event_tags() const { return labels; }
};
struct Counted {
    static constexpr std::string_view event_type = "law.counted";
    static constexpr std::string_view event_source = "events://laws";

    std::uint64_t number = 0;
    std::vector<std::string> labels;

    [[nodiscard]] const std::vector<std::string>& event_tags() const { return labels; }
};
using LawEvent = std::variant<Noted, Counted>;

inline LawEvent noted(std::string text, std::vector<std::string> labels = {}) {
    return Noted{std::move(text), std::move(labels)};
}
inline LawEvent counted(std::uint64_t number, std::vector<std::string> labels = {}) {
    return Counted{number, std::move(labels)};
}

/// Events with their stamps, as an application would send them; copies are retries.
struct LawBatch {
    explicit LawBatch(std::vector<LawEvent> events_to_send, const Environment& environment = {})
        : events(std::move(events_to_send)),
          recorded_at(environment.now()) {
        for (std::size_t i = 0; i < events.size(); ++i)
            ids.push_back(environment.new_id());
    }

    std::vector<LawEvent> events;
    std::vector<Uuid> ids;
    Timestamp recorded_at;
    Metadata metadata;

    template <class F>
    Result<Receipt> in_form(LawForm form, F&& append) const {
        const Batch<LawEvent> typed(events, ids, recorded_at, &metadata);
        if (form == LawForm::typed)
            return append(typed);
        auto bytes = typed.encoded();
        if (!bytes)
            return std::move(bytes).error();
        return append(EventBatch(*bytes));
    }
};

/// A batch of `size` new events.
inline LawBatch some_events(std::size_t size, std::string_view text = "something happened") {
    std::vector<LawEvent> events;
    for (std::size_t i = 0; i < size; ++i)
        events.push_back(noted(std::string(text)));
    return LawBatch(std::move(events));
}

} // namespace eventsourcing::detail::laws

#endif
