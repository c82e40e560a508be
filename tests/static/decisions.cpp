// SPDX-License-Identifier: MIT
// DecisionView and DecisionModel: what is one, and what is none.
#include <eventsourcing/runtime/decision_model.hpp>
#include <eventsourcing/runtime/decisions.hpp>
#include <eventsourcing/runtime/execute_all.hpp>
#include <eventsourcing/store/any_store.hpp>
#include <eventsourcing/store/memory_store.hpp>

#include "../examples/courses/courses.hpp"

#include <string>
#include <tuple>
#include <variant>
#include <vector>

namespace {

using namespace courses;

static_assert(es::DecisionView<Course>);
static_assert(es::DecisionView<Student>);
static_assert(es::DecisionModel<Enrolment, Define>);
static_assert(es::DecisionModel<Enrolment, ChangeCapacity>);
static_assert(es::DecisionModel<Enrolment, Subscribe>);
static_assert(!es::DecisionModel<Enrolment, CourseDefined>);
static_assert(!es::DecisionModel<Enrolment, int>);
static_assert(!es::DecisionView<Enrolment>);
static_assert(!es::DecisionView<CourseDefined>);
static_assert(!es::DecisionView<int>);

struct Untagged {
    std::string course_id;
};
consteval es::EventFamily event_family(const Untagged&) {
    return {.name = "static", .source = "events://example.org/static"};
}

template <class E>
struct ViewOf {
    using Event = E;
    [[nodiscard]] Tags event_tags() const { return {"course:c++"}; }
    static void apply_event(ViewOf& view, const E& event);
};
static_assert(es::DecisionView<ViewOf<CourseDefined>>);
static_assert(!es::DecisionView<ViewOf<Untagged>>);
static_assert(!es::DecisionView<ViewOf<int>>);

/// The forms in which apply_event may be.
struct ByValue {
    using Event = CourseDefined;
    [[nodiscard]] Tags event_tags() const;
    static ByValue apply_event(ByValue view, const CourseDefined& event);
};
struct Whole {
    using Event = std::variant<CourseDefined, CapacityChanged>;
    [[nodiscard]] Tags event_tags() const;
    static es::Result<void> apply_event(Whole& view, const Event& event);
};
struct OfRecord {
    using Event = std::variant<CourseDefined, CapacityChanged>;
    [[nodiscard]] Tags event_tags() const;
    static void apply_event(OfRecord& view, const es::Recorded<CourseDefined>& event);
    static void apply_event(OfRecord& view, const CapacityChanged& event);
};
static_assert(es::DecisionView<ByValue>);
static_assert(es::DecisionView<Whole>);
static_assert(es::DecisionView<OfRecord>);

struct WithoutTags {
    using Event = CourseDefined;
    static void apply_event(WithoutTags& view, const CourseDefined& event);
};
struct WithStaticTags : ByValue {
    static Tags event_tags();
};
struct WithoutEvent {
    [[nodiscard]] Tags event_tags() const;
    static void apply_event(WithoutEvent& view, const CourseDefined& event);
};
struct FoldsHalf {
    using Event = std::variant<CourseDefined, CapacityChanged>;
    [[nodiscard]] Tags event_tags() const;
    static void apply_event(FoldsHalf& view, const CourseDefined& event);
};
struct AnswersAnother {
    using Event = CourseDefined;
    [[nodiscard]] Tags event_tags() const;
    static std::string apply_event(AnswersAnother& view, const CourseDefined& event);
};
struct StrangeConflict : ByValue {
    using Conflict = CapacityChanged;
};
static_assert(!es::DecisionView<WithoutTags>);
static_assert(!es::DecisionView<WithStaticTags>);
static_assert(!es::DecisionView<WithoutEvent>);
static_assert(!es::DecisionView<FoldsHalf>);
static_assert(!es::DecisionView<AnswersAnother>);
static_assert(!es::DecisionView<StrangeConflict>);

template <class Views, class Answer>
struct Deciding {
    using Event = CourseDefined;
    static Views boundary(const Define& command);
    static Answer handle_command(const Course& course, const Define& command);
};
static_assert(es::DecisionModel<Deciding<std::tuple<Course>, CourseDefined>, Define>);
static_assert(es::DecisionModel<Deciding<std::tuple<Course>, es::Nothing>, Define>);
static_assert(es::DecisionModel<Deciding<std::tuple<Course>, std::vector<CourseDefined>>, Define>);
static_assert(!es::DecisionModel<Deciding<Course, CourseDefined>, Define>);
static_assert(!es::DecisionModel<Deciding<std::tuple<>, CourseDefined>, Define>);
static_assert(!es::DecisionModel<Deciding<std::tuple<Student>, CourseDefined>, Define>);
static_assert(!es::DecisionModel<Deciding<std::tuple<Course, Student>, CourseDefined>, Define>);
static_assert(!es::DecisionModel<Deciding<std::tuple<WithoutTags>, CourseDefined>, Define>);
static_assert(!es::DecisionModel<Deciding<std::tuple<Course>, CapacityChanged>, Define>);
static_assert(!es::DecisionModel<Deciding<std::tuple<Course>, CourseDefined>, Subscribe>);

struct WithData : Deciding<std::tuple<Course>, CourseDefined> {
    int limit;
};
static_assert(!es::DecisionModel<WithData, Define>);

// The stores that both are for.
static_assert(es::AppendsIf<es::MemoryStore> && es::AppendsIf<es::AnyStore>);
static_assert(es::AppendsAll<es::MemoryStore> && es::AppendsAll<es::AnyStore>);

} // namespace
