/* Student's t distribution. */
#ifndef LC_BASE_STUDENT_H
#define LC_BASE_STUDENT_H

/* P(|T| >= |t|) for `freedom` > 0 degrees of freedom, to about 1e-12 of its value; 0 for infinite t, NaN for NaN. */
double lc_student_two_sided(double t, double freedom);

#endif
