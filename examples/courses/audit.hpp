// SPDX-License-Identifier: MIT
// Reads everything that was stored and checks the rules after each event: no decision may have been
// made without another that is stored before it.
#ifndef COURSES_AUDIT_HPP
#define COURSES_AUDIT_HPP

#include "courses.hpp"

#include <eventsourcing/eventsourcing.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <variant>

namespace courses {

/// The rules, kept in a way of their own: not by the views of the decisions.
class Audit {
public:
    /// What the rules say of the events up to and with this one; empty if they hold.
    std::string next(const Enrolment::Event& event) {
        if (const auto* defined = std::get_if<CourseDefined>(&event)) {
            if (!capacities_.emplace(defined->course_id, defined->capacity).second)
                return defined->course_id + " is defined twice";
            return {};
        }
        if (const auto* changed = std::get_if<CapacityChanged>(&event)) {
            if (!capacities_.contains(changed->course_id))
                return changed->course_id + " has a capacity and is not defined";
            capacities_[changed->course_id] = changed->capacity;
            return full(changed->course_id);
        }
        const auto& subscribed = std::get<StudentSubscribed>(event);
        if (!capacities_.contains(subscribed.course_id))
            return subscribed.course_id + " is taken and not defined";
        if (!students_[subscribed.student_id].insert(subscribed.course_id).second)
            return subscribed.student_id + " has " + subscribed.course_id + " twice";
        if (students_[subscribed.student_id].size() > most_courses)
            return subscribed.student_id + " has more than " + std::to_string(most_courses) +
                   " courses";
        ++taken_[subscribed.course_id];
        ++subscriptions_;
        return full(subscribed.course_id);
    }

    /// Counts an event that the rules hold for.
    void count(bool of_this_run) {
        ++events_;
        counted_ += of_this_run ? 1U : 0U;
    }
    [[nodiscard]] std::size_t events() const { return events_; }
    [[nodiscard]] std::size_t counted() const { return counted_; }
    [[nodiscard]] std::size_t subscriptions() const { return subscriptions_; }
    /// How many courses have no place left, and how many students no time.
    [[nodiscard]] std::size_t full_courses() const {
        std::size_t count = 0;
        for (const auto& [course, capacity] : capacities_)
            count += taken_.contains(course) && taken_.at(course) >= capacity ? 1U : 0U;
        return count;
    }
    [[nodiscard]] std::size_t busy_students() const {
        std::size_t count = 0;
        for (const auto& [student, taken] : students_)
            count += taken.size() >= most_courses ? 1U : 0U;
        return count;
    }

private:
    std::string full(const std::string& course) {
        if (taken_[course] <= capacities_[course])
            return {};
        return course + " has " + std::to_string(capacities_[course]) + " places, and " +
               std::to_string(taken_[course]) + " are taken";
    }

    std::map<std::string, std::uint32_t> capacities_;
    std::map<std::string, std::uint32_t> taken_;
    std::map<std::string, std::set<std::string>> students_;
    std::size_t subscriptions_ = 0;
    std::size_t events_ = 0;
    std::size_t counted_ = 0;
};

inline const std::string& course_of(const Enrolment::Event& event) {
    return std::visit([](const auto& e) -> const std::string& { return e.course_id; }, event);
}

/// Audits every prefix of what a store holds, and counts the events of courses that begin with
/// `term`. The error says which event broke which rule.
template <class Store>
es::Result<Audit> audit(const Store& store, const std::string& term = {}) {
    Audit rules;
    std::optional<es::Position> after;
    for (;;) {
        auto page = store.read_all({.after = after});
        if (!page)
            return std::move(page).error();
        for (const es::EventRecord& record : *page) {
            auto event = es::decode_record<Enrolment::Event>(record);
            if (!event)
                return std::move(event).error();
            if (const std::string broken = rules.next(event->event); !broken.empty())
                return es::Error(es::errc::corrupt, std::string(record.stream) + ", revision " +
                                                        std::to_string(record.revision.value()) +
                                                        ": " + broken);
            rules.count(course_of(event->event).starts_with(term));
        }
        after = page->last_position;
        if (page->at_end)
            return rules;
    }
}

} // namespace courses

#endif
