// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_VIEW_FOLD_HPP
#define EVENTSOURCING_RUNTIME_VIEW_FOLD_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/core/alternatives.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/apply.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/joined.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/revision.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/core/utf8.hpp>
#include <eventsourcing/runtime/decision_view.hpp>
#include <eventsourcing/runtime/event_folder.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/event_record.hpp>
#include <eventsourcing/store/matches.hpp>
#include <eventsourcing/store/recorded.hpp>
#include <eventsourcing/store/types_of.hpp>
#include <eventsourcing/store/validate.hpp>

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// A view as the state of an aggregate, for `EventFolder`.
template <class V>
struct ViewState {
    V view;
    Generation generation{};
};
template <class V>
struct FoldsView {
    using State = ViewState<V>;
    using Event = typename V::Event;

    template <class E>
        requires Applies<V, V, E>
    static Result<void> apply_event(State& state, const E& event) {
        Result<void> done;
        ApplyTo<V, V>{state.view, done}(event);
        return done;
    }
};

/// Folds an event together with its record where the view asks for it.
template <class V>
struct ApplyRecorded {
    V& view;
    const Recorded<typename V::Event>& recorded;

    template <class E>
    Result<void> operator()(const E& event) const {
        Result<void> done;
        const ApplyTo<V, V> apply{view, done};
        if constexpr (ViewAppliesRecorded<V, E>)
            apply(Recorded<E>{.event = event,
                              .id = recorded.id,
                              .stream = recorded.stream,
                              .revision = recorded.revision,
                              .position = recorded.position,
                              .recorded_at = recorded.recorded_at,
                              .metadata = recorded.metadata,
                              .tags = recorded.tags,
                              .source = recorded.source});
        else
            apply(event);
        return done;
    }
};

/// One view of a decision, with what finds its events.
template <class V>
class ViewFold {
public:
    explicit ViewFold(V&& view) : state_{std::move(view)} {}
    ViewFold(const ViewFold&) = delete;
    ViewFold& operator=(const ViewFold&) = delete;

    [[nodiscard]] const V& view() const { return state_.view; }
    /// The types and tags of its events.
    [[nodiscard]] const Query::Item& item() const { return item_; }
    /// The types and tags of those that make a decision be made again.
    [[nodiscard]] Query::Item conflicts() const {
        return {.types = types_of<ConflictEvents<V>>(), .tags = item_.tags};
    }

    /// Asks the view for its tags. `invalid` if a store could keep no event with them.
    Result<void> prepare() {
        item_.types = types_of<typename V::Event>();
        auto asked = guarded("event_tags()", [&]() -> Result<void> {
            for (const auto& tag : state_.view.event_tags())
                item_.tags.emplace_back(tag);
            return {};
        });
        if (!asked)
            return std::move(asked).error().within(type_name<V>());
        if (item_.tags.empty())
            return wrong_tags("it returns no tag, so that it would find the events of everything; "
                              "return at least one tag that its events have");
        for (const std::string& tag : item_.tags)
            if (tag.empty() || tag.size() > max_tag_size || !valid_utf8(tag))
                return wrong_tags("the tag " + in_quotes(tag) +
                                  " can be no event's: expected 1 to 255 bytes of UTF-8");
        return {};
    }

    void next_page() { folder_.next_page(); }

    Result<void> fold(const EventRecord& record) {
        if (!matches(item_, record.type, record.tags))
            return {};
        if constexpr (wants_records<V, Alternatives<typename V::Event>>)
            return fold_recorded(record);
        else
            return folder_.fold(record);
    }

private:
    static Error wrong_tags(const std::string& why) {
        return Error(errc::invalid, why).within(std::string(type_name<V>()) + "::event_tags()");
    }

    Result<void> fold_recorded(const EventRecord& record) {
        auto recorded = decode_record<typename V::Event>(record);
        if (!recorded)
            return std::move(recorded).error();
        auto done = guarded("apply_event", [&] {
            return visit_alternative(recorded->event, ApplyRecorded<V>{state_.view, *recorded});
        });
        if (!done)
            return std::move(done).error().within(
                joined({event_place(record.stream, record.revision), ": ", record.type}));
        return done;
    }

    /// Takes nothing where the records are folded whole.
    struct NoFolder {
        explicit NoFolder(ViewState<V>& /*state*/) {}
        void next_page() {}
    };
    using Folder = std::conditional_t<wants_records<V, Alternatives<typename V::Event>>, NoFolder,
                                      EventFolder<FoldsView<V>>>;

    ViewState<V> state_;
    Query::Item item_{};
    Folder folder_{state_};
};

} // namespace eventsourcing::detail

#endif
