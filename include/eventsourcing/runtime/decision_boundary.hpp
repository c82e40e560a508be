// SPDX-License-Identifier: MIT
#ifndef EVENTSOURCING_RUNTIME_DECISION_BOUNDARY_HPP
#define EVENTSOURCING_RUNTIME_DECISION_BOUNDARY_HPP

#include <eventsourcing/core/require_cxx20.hpp>
#include <eventsourcing/codec/event_table.hpp>
#include <eventsourcing/core/application_error.hpp>
#include <eventsourcing/core/events.hpp>
#include <eventsourcing/core/handle.hpp>
#include <eventsourcing/core/in_quotes.hpp>
#include <eventsourcing/core/result.hpp>
#include <eventsourcing/core/type_name.hpp>
#include <eventsourcing/runtime/decision_model.hpp>
#include <eventsourcing/runtime/view_fold.hpp>
#include <eventsourcing/store/append_condition.hpp>
#include <eventsourcing/store/call_options.hpp>
#include <eventsourcing/store/encode_batch.hpp>
#include <eventsourcing/store/matches.hpp>
#include <eventsourcing/store/read.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace eventsourcing::detail {

/// The part of a tag that says of what kind it is: `course:` of `course:c++`; empty for a tag
/// without a colon.
inline std::string_view tag_kind(std::string_view tag) {
    const auto colon = tag.find(':');
    return colon == tag.npos ? std::string_view() : tag.substr(0, colon + 1);
}

/// Whether one of the tags, which are sorted, is of this kind.
inline bool has_kind(std::span<const std::string_view> tags, std::string_view kind) {
    return std::any_of(tags.begin(), tags.end(),
                       [&](std::string_view tag) { return tag.starts_with(kind); });
}

/// The first tag of a view that an event lacks; with `of_kind` the first of which it lacks the
/// whole kind. Null if there is none.
inline const std::string* lacking_tag(const Query::Item& view,
                                      std::span<const std::string_view> tags, bool of_kind) {
    for (const std::string& tag : view.tags) {
        if (std::binary_search(tags.begin(), tags.end(), std::string_view(tag)))
            continue;
        const std::string_view kind = tag_kind(tag);
        if (!of_kind || (!kind.empty() && !has_kind(tags, kind)))
            return &tag;
    }
    return nullptr;
}

inline Error forgotten_tag(std::string_view type, std::string_view view, std::string_view tag,
                           std::span<const std::string_view> tags) {
    std::string has;
    for (const std::string_view one : tags)
        has.append(has.empty() ? "" : ", ").append(in_quotes(one));
    return {errc::invalid,
            std::string(type) + ": the view " + std::string(view) +
                " of this decision folds it and finds it by the tag " + in_quotes(tag) +
                ", but it has " + (has.empty() ? "no tag" : "only " + has) +
                ", and later decisions would not know of it; add the tag to its event_tags()"};
}

/// The views of one decision: reads what they find, and what was appended since.
template <class Views>
class Boundary;
template <class... Vs>
class Boundary<std::tuple<Vs...>> {
public:
    explicit Boundary(std::tuple<Vs...>&& views)
        : Boundary(std::move(views), std::index_sequence_for<Vs...>{}) {}

    /// Asks the views for their tags, and makes the query and the condition of them.
    Result<void> prepare() {
        Result<void> done;
        const auto add = [&](auto& fold) {
            done = fold.prepare();
            if (!done)
                return false;
            which_.query.items.push_back(fold.item());
            condition_.fail_if_exists.items.push_back(fold.conflicts());
            return true;
        };
        std::apply([&](auto&... fold) { static_cast<void>((add(fold) && ...)); }, folds_);
        return done;
    }

    /// Reads and folds what the views find after the last event that was read before; adds the
    /// number of events to `count`.
    template <class S>
    Result<void> read(const S& store, const CallOptions& call, std::size_t& count) {
        for (;;) {
            auto page = store.read_all(which_, call);
            if (!page)
                return std::move(page).error();
            std::apply([](auto&... fold) { (fold.next_page(), ...); }, folds_);
            for (const EventRecord& record : page->records())
                if (auto done = fold(record); !done)
                    return done;
            count += page->records().size();
            which_.after = page->last_position;
            if (page->at_end)
                return {};
        }
    }

    /// "Nothing of what the views know has changed."
    [[nodiscard]] const AppendCondition& condition() {
        condition_.after = which_.after;
        return condition_;
    }
    [[nodiscard]] const Query& query() const { return which_.query; }

    template <class D, class C>
    Result<Events<typename D::Event>> decide(const C& command) const {
        return guarded("handle_command", [&] {
            return std::apply(
                [&](const auto&... fold) {
                    return normalized<typename D::Event>(
                        D::handle_command(fold.view()..., command));
                },
                folds_);
        });
    }

    /// Refuses an event that lacks the tags by which a view that folds it finds it. A view of
    /// another thing of the same kind (another course) need not find it.
    template <class Event>
    Result<void> check_tags(const Events<Event>& events, std::span<const std::string> more) const {
        Arena arena;
        for (const Event& event : events) {
            if (is_valueless(event))
                return Error(errc::invalid, valueless_event);
            auto tags = tags_of(event, more, arena);
            if (!tags)
                return std::move(tags).error();
            if (auto done = check_tags_of(EventTable<Event>::row_of(event).type, *tags); !done)
                return done;
        }
        return {};
    }

private:
    template <std::size_t... I>
    Boundary(std::tuple<Vs...>&& views, std::index_sequence<I...> /*indexes*/)
        : folds_(std::get<I>(std::move(views))...) {}

    Result<void> fold(const EventRecord& record) {
        Result<void> done;
        std::apply(
            [&](auto&... fold) {
                static_cast<void>((((done = fold.fold(record)).has_value()) && ...));
            },
            folds_);
        return done;
    }

    [[nodiscard]] Result<void> check_tags_of(std::string_view type,
                                             std::span<const std::string_view> tags) const {
        constexpr std::string_view names[]{type_name<Vs>()...};
        const auto& items = which_.query.items;
        const std::string* lacks = nullptr; // by the first view that folds it and does not find it
        std::string_view by;
        bool found = false;
        for (std::size_t i = 0; i < items.size(); ++i) {
            const auto& types = items[i].types;
            if (std::find(types.begin(), types.end(), type) == types.end())
                continue;
            const std::string* const tag = lacking_tag(items[i], tags, false);
            found = found || tag == nullptr;
            if (const std::string* const kind = lacking_tag(items[i], tags, true))
                return forgotten_tag(type, names[i], *kind, tags);
            if (tag && !lacks) {
                lacks = tag;
                by = names[i];
            }
        }
        if (!found && lacks)
            return forgotten_tag(type, by, *lacks, tags);
        return {};
    }

    std::tuple<ViewFold<Vs>...> folds_;
    AllRead which_{};
    AppendCondition condition_{};
};

} // namespace eventsourcing::detail

#endif
